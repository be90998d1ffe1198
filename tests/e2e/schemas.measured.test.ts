import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newRegistry } from '#shared/model/registry.ts'
import { startApicurio, type RunningApicurio } from '../../scripts/lib/apicurio.ts'
import { importSubjects } from '../support/apicurio-import.ts'
import { reverseProxy, type ReverseProxy } from '../support/http-proxy.ts'
import { sharedKafka } from '../support/shared-kafka.ts'
import { cpuMs, heldBytes, longestTurn } from '../support/measure.ts'
import { holdsFor, until } from '../support/wait-for.ts'
import { usualLongestTask } from './main-thread.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// A registry as large as those of companies: ten thousand subjects, one with five hundred versions, schemas of five megabytes.

const SUBJECTS = 10_000
const VERSIONS = 500
const field = (i: number) => ({ name: `field_number_${i}`, type: ['null', 'string'], default: null, doc: `What the field number ${i} is for` }) // oxfmt-ignore
const record = (name: string, fields: object[]) =>
  JSON.stringify({ type: 'record', name, namespace: 'com.acme', fields })
const big = (changed: number) =>
  record('Big', Array.from({ length: 45_000 }, (_, i) => (i % changed === changed - 1 ? { ...field(i), type: 'long', default: 0 } : field(i)))) // oxfmt-ignore

describe('a registry of ten thousand subjects', () => {
  let stage: Stage
  let registry: RunningApicurio
  /** Counts what is asked of it. */
  let counted: ReverseProxy
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    let kafka
    ;[kafka, registry, stage] = await Promise.all([
      sharedKafka(),
      startApicurio('2.6.13.Final').then((started) => started!),
      startStage(),
    ])
    see = steps(stage.page)
    const text = record('Order', [field(1)])
    const orders = Array.from({ length: SUBJECTS - 2 }, (_, i) => ({ subject: `team-${i % 50}.orders-${i}-value`, versions: [text] })) // oxfmt-ignore
    const many = Array.from({ length: VERSIONS }, (_, i) => record('Many', [field(i)]))
    await importSubjects(registry, [
      ...orders,
      { subject: 'many-value', versions: many },
      { subject: 'big-value', versions: [big(10_000), big(500)] },
    ])
    counted = await reverseProxy(registry.url, () => undefined)
    await stage.profile('Large', kafka.bootstrap, { registry: newRegistry({ kind: 'apicurio', urls: [counted.url] }) })
    await stage.open()
    await see.connect('Large')
  })
  tellFailures(() => stage)
  afterAll(async () => {
    await stage?.close()
    await counted?.stop()
    await registry?.stop()
  })

  const tooLong: string[] = []
  /** It is judged at the end, so that the story goes on. */
  const measured = async (what: string, once: (turn: number) => Promise<void>) => {
    const median = await usualLongestTask(stage.page, what, once)
    if (median >= 50) tooLong.push(`${what}: ${median.toFixed(0)} ms`)
  }
  const isCounted = (words: RegExp) => see.view().getByText(words).first().waitFor() // oxfmt-ignore
  const all = /^10.000 of 10.000$/

  test('is listed and read again', async () => {
    await see.sidebar.getByRole('treeitem', { name: 'All schemas' }).click()
    await isCounted(all)
    await see.row(/big-value.*Avro.*2/).waitFor()
    await measured('reading', async () => {
      const before = counted.seen.length
      await see.button('Refresh').click()
      await until('the first rows are described', () => counted.seen.length > before + 20)
      await see.row(/big-value.*Avro.*2/).waitFor()
    })
    const isRead = async (turn: () => Promise<void>) => {
      const before = counted.seen.length
      await turn()
      await until('it is read to its end', () =>
        counted.seen.slice(before).some(({ path }) => path.includes('offset=9500')),
      )
      await isCounted(all)
    }
    await measured('reading with those that were deleted, or without', () => isRead(() => see.view().getByText('Deleted ones too').click())) // oxfmt-ignore
    await isRead(() => see.view().getByText('Deleted ones too').click())
  })

  test('is filtered and scrolled; only what is in view is asked about', async () => {
    const search = see.view().getByRole('searchbox')
    await measured('filtering', async (turn) => {
      await search.fill(`orders-999${turn}`)
      await isCounted(/^1 of 10.000$/)
      await search.fill('')
      await isCounted(all)
    })
    const grid = see.view().getByRole('grid', { name: 'Subjects' })
    const before = counted.seen.length
    await measured('scrolling', async () => {
      await grid.focus()
      for (const key of ['End', 'Home']) {
        await stage.page.keyboard.press(`Control+${key}`)
        await holdsFor(500, () => undefined)
      }
    })
    await see.row(/big-value.*Avro.*2/).waitFor()
    const asked = counted.seen.length - before
    console.log(`scrolling five times from end to end asked for ${asked} things`)
    expect(asked).toBeLessThan(2_000)
  })

  test('is asked no more once its view is closed', async () => {
    await see.button('Refresh').click()
    await see.command('Close tab')
    await holdsFor(1_000, () => undefined)
    const after = counted.seen.length
    await holdsFor(2_000, () => undefined)
    expect(counted.seen.length).toBe(after)
  })

  test('shows a subject of five hundred versions, any of them', async () => {
    await see.sidebar.getByRole('treeitem', { name: 'All schemas' }).click()
    await isCounted(all)
    await see.row(/^many-value/).dblclick()
    await see.view().getByText('this is the latest, 500.').waitFor()
    await measured('choosing a version', async (turn) => {
      await see.choose(see.select('Version'), String(499 - turn))
      await see.view().getByText(`this is version ${499 - turn}.`).waitFor() // oxfmt-ignore
    })
  })

  test('takes a press on an option also where the list scrolls under it', async () => {
    const { page } = stage
    await see.select('Version').click()
    const list = page.getByRole('listbox', { name: 'Version' })
    await list.getByRole('option', { name: '490' }).hover()
    await page.mouse.down()
    await list.evaluate((element) => {
      const scrolled = new Promise((done) => element.addEventListener('scroll', done, { once: true }))
      element.scrollTop += 2
      return scrolled
    })
    await page.mouse.up()
    await see.view().getByText('this is version 490.').waitFor() // oxfmt-ignore
  })

  test('shows a schema of five megabytes in colours, and what differs of two', async () => {
    const { page } = stage
    await see.command('big-value')
    await see.view().getByText('this is the latest, 2.').waitFor()
    await see.view().getByText('"com.acme"').waitFor()
    const colours = () => see.view().getByRole('region', { name: /^Version \d of big-value/ }).locator('span').evaluateAll((found) => new Set(found.map((one) => getComputedStyle(one).color)).size) // oxfmt-ignore
    await until('it has colours', async () => (await colours()) > 2)
    await measured('showing 5 MB', async (turn) => {
      const version = 1 + (turn % 2)
      await see.choose(see.select('Version'), new RegExp(`^${version}`))
      await see.view().getByText(version === 1 ? 'this is version 1.' : 'this is the latest, 2.').waitFor() // oxfmt-ignore
      await until('it has colours', async () => (await colours()) > 2)
      await page.keyboard.press('Tab')
    })
    await see.view().getByRole('radio', { name: 'Compare' }).click()
    await see.view().getByText(/^\d+ differences$/).waitFor() // oxfmt-ignore
    await measured('comparing 5 MB', async () => {
      await see.view().getByRole('radio', { name: 'Schema', exact: true }).click()
      await until('it has colours', async () => (await colours()) > 2)
      await see.view().getByRole('radio', { name: 'Compare' }).click()
      await see.view().getByText(/^\d+ differences$/).waitFor() // oxfmt-ignore
      await see.button('Next difference').click()
    })
  })

  test('takes the process that asks little time, no memory for long, and holds it up nowhere', async () => {
    const list = async () => {
      const { total } = await stage.client.call('schemas.subjects', { connectionId: 'large' as ConnectionId })
      expect(total).toBe(SUBJECTS)
    }
    await list()
    const before = await heldBytes()
    const costs: { time: number; turn: number }[] = []
    for (let turn = 0; turn < 5; turn += 1) {
      let longest = 0
      const time = await cpuMs(async () => (longest = await longestTurn(list)))
      costs.push({ time, turn: longest })
    }
    const held = ((await heldBytes()) - before) / (1 << 20)
    const middle = (of: 'time' | 'turn') => costs.map((one) => one[of]).toSorted((a, b) => a - b)[2]!
    console.log(`listing ${SUBJECTS} subjects: ${middle('time').toFixed(0)} ms of processor time, longest turn ${middle('turn').toFixed(0)} ms; ${held.toFixed(1)} MiB more held`) // oxfmt-ignore
    expect(middle('time')).toBeLessThan(1_000)
    expect(middle('turn')).toBeLessThan(50)
    expect(held).toBeLessThan(4)
  })

  test('held the page up nowhere for 50 ms', () => expect(tooLong).toEqual([]))

  test('nothing was said in the console', () => stage.clean())
})
