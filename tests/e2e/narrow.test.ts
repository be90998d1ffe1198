import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCutProxy, type CutProxy } from '../support/cut-proxy.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'
import { startStage, still, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// A production profile with a long name, its connection there and gone, where there is little room: nothing is cut,
// nothing lies over something else.

const topic = uniqueName('narrow')
const profile = 'payments-eu-central-1'
/** The last is what 1280 × 800 has left at a zoom of 200 %. */
const sizes = [
  { width: 1280, height: 800 },
  { width: 1024, height: 700 },
  { width: 640, height: 400 },
]

describe('little room', () => {
  let stage: Stage
  let proxy: CutProxy
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    const kafka = await sharedKafka()
    ;[proxy, stage] = await Promise.all([startCutProxy(kafka.bootstrap), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 1)
    await kcatProduce(kafka.bootstrap, { topic, partition: 0, input: 'a\nb' })
    await stage.profile(profile, proxy.address, {
      environment: 'production',
      accessMode: 'read-only',
      colour: 'red',
      addressMap: [{ from: kafka.bootstrap, to: proxy.address }],
    })
    await stage.open()
    await see.connect(profile)
  })
  tellFailures(() => stage)
  afterAll(async () => {
    await stage?.close()
    await proxy?.close()
  })

  const inAllSizes = async (what: string) => {
    for (const size of sizes) {
      await stage.page.setViewportSize(size)
      await still(stage.page)
      await stage.picture(`narrow-${what}-${size.width}`)
      const where = `${what}, ${size.width} × ${size.height}`
      const faults = [...(await faultsIn(stage.page.getByRole('banner'))), ...(await beyond(stage.page))]
      for (const bar of await see.view().getByRole('group').filter({ visible: true }).all()) {
        faults.push(...(await faultsIn(bar)))
      }
      expect({ where, faults }).toEqual({ where, faults: [] })
    }
    await stage.page.setViewportSize(sizes[0]!)
  }

  test('a profile that is connected', () => inAllSizes('connected'))

  test('messages of a topic', async () => {
    await see.openTopic(topic)
    await see.row(/\bb\b/).waitFor()
    await inAllSizes('messages')
  })

  test('a record to produce', async () => {
    await see.command('Produce records')
    await see.view().getByText('Nothing is written yet.').waitFor()
    await inAllSizes('produce')
  })

  test('a view that opens by keyboard shows the focus at its edge, not around all of it', async () => {
    await see.command('Cluster overview')
    await see.view().getByRole('heading', { name: '1 broker', exact: true }).waitFor()
    const shown = () =>
      see.view().evaluate((panel) => ({
        hasFocus: panel === document.activeElement,
        around: getComputedStyle(panel).outlineStyle,
        edge: getComputedStyle(panel, '::after').borderTopWidth,
      }))
    await until('the focus in the view', async () => (await shown()).hasFocus)
    expect(await shown()).toEqual({ hasFocus: true, around: 'none', edge: '2px' })
    await stage.picture('focus-in-view')
  })

  test('a cluster that is away: its brokers are called those last known', async () => {
    await see.view().getByRole('heading', { name: '1 broker', exact: true }).waitFor()
    proxy.cut()
    await stage.page.getByRole('banner').getByText('reconnecting').waitFor()
    await see.view().getByRole('heading', { name: '1 broker, as last read: none answers now' }).waitFor()
    await inAllSizes('reconnecting')
    // What is below the edge can be scrolled to, and is not squeezed to nothing.
    await stage.page.setViewportSize(sizes[2]!)
    const cell = see.view().getByRole('gridcell', { name: /^127\./ })
    await cell.scrollIntoViewIfNeeded()
    await stage.picture('narrow-reconnecting-640-below')
    const box = (await cell.boundingBox())!
    expect(box.y + box.height).toBeLessThanOrEqual(sizes[2]!.height)
    const atIt = await cell.evaluate((element) => {
      const { left, top, height } = element.getBoundingClientRect()
      return element.contains(document.elementFromPoint(left + 4, top + height / 2))
    })
    expect(atIt).toBe(true)
  })

  test('nothing of it upset the browser', () => stage.clean())
})

/** What of a row of controls is cut without saying so, sticks out of it, or lies over its neighbour. */
function faultsIn(row: Locator): Promise<string[]> {
  return row.evaluate((root) => {
    const faults: string[] = []
    const nameOf = (element: Element) => `${element.tagName.toLowerCase()} “${(element.getAttribute('aria-label') ?? element.textContent ?? '').slice(0, 40)}”` // oxfmt-ignore
    const isHidden = (element: Element) => getComputedStyle(element).clipPath !== 'none'
    // Of a drawing only the frame counts.
    const parts = [...root.querySelectorAll('*')].filter((part) => part.closest('svg, select, [aria-hidden=true]') === null && !isHidden(part)) // oxfmt-ignore
    const ends = parts.filter((part) => !parts.some((other) => other !== part && part.contains(other)))
    const frame = root.getBoundingClientRect()
    const boxes = ends
      .map((part) => ({ part, box: part.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && box.height > 0)
    for (const { part, box } of boxes) {
      if (box.left < frame.left - 1 || box.right > frame.right + 1) faults.push(`${nameOf(part)} sticks out`)
      if (box.top < frame.top - 1 || box.bottom > frame.bottom + 1) faults.push(`${nameOf(part)} sticks out`)
      const isCut = part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0
      const saysSo = getComputedStyle(part).textOverflow === 'ellipsis' && part.closest('[title]') !== null
      if (isCut && !saysSo && !(part instanceof HTMLInputElement)) faults.push(`${nameOf(part)} is cut`)
    }
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) {
        const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left)
        const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top)
        if (across > 1 && down > 1) faults.push(`${nameOf(a.part)} lies over ${nameOf(b.part)}`)
      }
    }
    return faults
  })
}

/** Buttons and fields that nobody could reach by sight: beyond the window, with nothing around them that scrolls. */
function beyond(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, input, [role=combobox]')]
      .filter((control) => {
        const box = control.getBoundingClientRect()
        if (box.width === 0 || box.right <= window.innerWidth + 1 || getComputedStyle(control).clipPath !== 'none') return false
        for (let around = control.parentElement; around !== null; around = around.parentElement) {
          if (/auto|scroll/.test(getComputedStyle(around).overflowX)) return false
        }
        return true
      })
      .map((control) => control.outerHTML.slice(0, 160)),
  ) // oxfmt-ignore
}
