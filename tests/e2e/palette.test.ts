import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { linkText } from '#shared/links.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce } from '../support/tools.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'
import { inTime } from '../support/wait-for.ts'

const topic = uniqueName('linked')
const profile = 'Prod EU'

/** What people type by hand or paste: each form of a link, and texts on the way to one. */
const links = [
  `seekline://prod/${topic}/0/3`,
  linkText(profile, { topic, partition: 0, offset: 3n }),
  `seekline://link/link/0/3`,
  `SEEKLINE://item/${topic}/2147483647/9223372036854775807`,
  `${topic}/0/3`,
]

describe('the palette under every key that leads to a link', () => {
  let stage: Stage
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    const [kafka, started] = await Promise.all([sharedKafka(), startStage()])
    stage = started
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 1)
    await kcatProduce(kafka.bootstrap, { topic, partition: 0, input: 'a\nb\nc\nd\n' })
    await stage.profile(profile, kafka.bootstrap)
    await stage.open()
    await see.connect(profile)
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  const palette = () => stage.page.getByRole('dialog', { name: 'Go to topic, group, offset or command' })
  const box = () => palette().getByRole('combobox')
  const open = async () => {
    await stage.page.keyboard.press('Control+k')
    await box().waitFor()
  }
  const close = async () => {
    await stage.page.keyboard.press('Escape')
    await palette().waitFor({ state: 'detached' })
  }

  test.each(links)('%s typed by hand, each prefix walked through, then taken back', async (link) => {
    await open()
    for (let end = 1; end <= link.length; end++) {
      await alive(stage.page.keyboard.type(link[end - 1]!), `after ${link.slice(0, end)}`)
      for (const key of ['ArrowDown', 'ArrowUp']) await alive(stage.page.keyboard.press(key), key)
    }
    expect(await alive(box().inputValue(), 'the whole link')).toBe(link)
    for (let left = link.length; left > 0; left--) await alive(stage.page.keyboard.press('Backspace'), `${left} left`)
    await close()
  })

  test.each(links)('%s typed as fast as keys come, pasted, and cut by Backspace', async (link) => {
    await open()
    await alive(stage.page.keyboard.type(link), 'typed at once')
    await alive(stage.page.keyboard.press('Control+a'), 'select all')
    await alive(stage.page.keyboard.insertText(link), 'pasted')
    for (let i = 0; i < 8; i++) await alive(stage.page.keyboard.press('Backspace'), 'Backspace')
    await alive(stage.page.keyboard.insertText('/0/1'), 'more')
    await alive(box().fill(''), 'emptied')
    await close()
  })

  test('a link typed by hand and Enter leads to its record', async () => {
    await open()
    await stage.page.keyboard.type(linkText(profile, { topic, partition: 0, offset: 3n }))
    await palette().getByRole('option', { name: `${topic} / 0 / 3` }).waitFor() // oxfmt-ignore
    await stage.page.keyboard.press('Enter')
    await stage.page.getByRole('tab', { name: `${topic} · messages`, selected: true }).waitFor()
  })

  test('nothing of it upset the browser', () => stage.clean())
})

/** A page that spins answers no key: what waits for it would wait for good. */
async function alive<T>(done: Promise<T>, what: string): Promise<T> {
  return await inTime(`the page goes on: ${what}`, done)
}
