import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce } from '../support/tools.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const topic = uniqueName('large-copy')
const many = uniqueName('many-rows')
/** Eight megabytes in short rows, nearly all that a copy holds. */
const lines = Array.from({ length: 40_000 }, (_, i) => `row ${i} ${'word '.repeat(38)}`)
/** Seventeen megabytes in one line; a copy holds eight. */
const value = `huge ${'0123456789abcdef'.repeat((17 * 1024 * 1024) / 16)}`
const hash = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')

describe('a copy that the clipboard could not hold', () => {
  let stage: Stage
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    const [kafka, started] = await Promise.all([sharedKafka(), startStage()])
    stage = started
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 1, { 'max.message.bytes': '33554432' })
    const settings = { 'message.max.bytes': '33554432', 'compression.codec': 'gzip' }
    await kcatProduce(kafka.bootstrap, { topic, partition: 0, input: value, settings })
    await kafka.tools.createTopic(many, 1)
    await kcatProduce(kafka.bootstrap, { topic: many, partition: 0, input: lines.join('\n') })
    await stage.profile('Large', kafka.bootstrap)
    await stage.open()
    await see.connect('Large')
    await see.openTopic(topic)
    await see.row(/huge 0123/).waitFor()
    await stage.page.evaluate(() => navigator.clipboard.writeText('what was there'))
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  /** The refusal names the size, the clipboard stays as it was, and the way to save that stands beside it saves all. */
  async function refusedAndSaved(words: RegExp, save: string, check: (saved: string) => void): Promise<void> {
    const { page } = stage
    const notice = page.getByRole('alertdialog').filter({ hasText: words })
    await notice.waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('what was there')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      notice.getByRole('button', { name: save, exact: true }).click(),
    ])
    check(await readFile(await download.path(), 'utf8'))
    await notice.waitFor({ state: 'detached' })
  }

  test('Copy value in the row’s menu is refused with the size, and saving offered', async () => {
    await see.row(/huge 0123/).click({ button: 'right' })
    await stage.page.getByRole('menuitem', { name: 'Copy value', exact: true }).click()
    await refusedAndSaved(
      /The value is 18.MB \(17.825.797 bytes\): a copy holds at most 8.388.608 bytes/,
      'Save value…',
      (saved) => expect(hash(saved)).toBe(hash(value)),
    )
  })

  test('Copy as JSON as well', async () => {
    await see.row(/huge 0123/).click({ button: 'right' })
    await stage.page.getByRole('menuitem', { name: 'Copy as JSON', exact: true }).click()
    await refusedAndSaved(/Its key and value are 18.MB \(17.825.797 bytes\)/, 'Save value…', (saved) =>
      expect(hash(saved)).toBe(hash(value)),
    )
  })

  test('Ctrl+C on the row as well: the whole row goes to a file', async () => {
    await see.row(/huge 0123/).click()
    await stage.page.keyboard.press('Control+c')
    await refusedAndSaved(/This record is 18.MB \(17.825.797 bytes\)/, 'Save to a file…', (saved) => {
      const cells = saved.split('\t')
      expect(cells.slice(0, 2)).toEqual(['0', '0'])
      expect(hash(cells.at(-1)!)).toBe(hash(value))
    })
  })

  test('forty thousand selected rows are copied whole', async () => {
    const { page } = stage
    await see.openTopic(many)
    await see.row(/row 39999 /).waitFor()
    await see.choose(see.select('From'), /^earliest/)
    await see.option('At most', /^10.000/)
    await see.bar('What to read').getByRole('button', { name: 'Read' }).click()
    for (const loaded of [10_000, 20_000, 30_000, 40_000]) {
      if (loaded > 10_000) await see.button('Newer').click()
      await see
        .view()
        .locator(`[role=grid][aria-rowcount="${loaded + 1}"]`)
        .waitFor()
    }
    await see.view().getByRole('grid').focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Control+c')
    await page
      .getByText(/Copied 40.000 records/)
      .first()
      .waitFor()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(
      hash(
        copied
          .split('\n')
          .map((line) => line.split('\t').at(-1))
          .join('\n'),
      ),
    ).toBe(hash(lines.join('\n')))
  })

  test('nothing of it upset the browser or the CSP', () => stage.clean())
})
