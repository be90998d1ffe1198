import { fieldAt, rowAt, type RowColumns } from '#shared/model/rows.ts'
import { isReadable } from '#shared/model/decoded.ts'
import { bytesOf, type RowFieldText } from './held-rows.ts'
import type { Line, Lines, ShownLines, ShownText } from './grid-lines.ts'

/** Matches, each with the index of its topic in `topics`. */
interface Hits {
  rows: RowColumns
  topics: readonly string[]
  topic: Int32Array
}

/** Reads matches from an index on, as many as fit in one answer. */
export type HitPage = (from: number, count: number, signal: AbortSignal) => Promise<Hits>

export interface HitLines extends ShownLines {
  /** The number of matches has grown to this. In orders other than the order of arrival, new matches move others. */
  grow(total: number, movesOthers: boolean): void
  /** The matches now belong to another search or another order. */
  clear(): void
  /** Loads all of these lines and returns them with the topics that they belong to. */
  load(ranges: readonly { start: number; end: number }[]): Promise<Lines & { readonly topics: ReadonlySet<string> }>
  /** The topic of the record on a line; undefined: it is not loaded yet. */
  topic(line: number): string | undefined
  /** Drops pages that are not in view. */
  giveUp(): void
  readonly bytes: number
}

export interface HitLinesOptions {
  page: HitPage
  /** Rows have arrived. */
  onCame: () => void
  onError: (error: unknown) => void
}

/** Rows of one page: a little more than a window shows. */
export const PAGE_ROWS = 200
/** The most pages kept: some ten megabytes, however many matches there are. */
const MOST_PAGES = 48
/** Pages fetched at a time; somebody who scrolls on does not wait for the earlier ones. */
const AT_ONCE = 2

/** The place of one match. */
interface HitPlace {
  found: Hits
  row: number
}

interface Page {
  hits: readonly Hits[]
  count: number
  /** The version of the match list when the page was fetched. */
  generation: number
  usedAt: number
}

/**
 * The matches of a search as lines of a grid. A few pages are kept: those in view and the last ones looked at. A line that is
 * not loaded is fetched, and drawn when it arrives.
 */
// oxlint-disable-next-line max-lines-per-function -- which pages are loaded, asked for and dropped: each of the three depends on the other two
export function createHitLines({ page, onCame, onError }: HitLinesOptions): HitLines {
  const pages = new Map<number, Page>()
  const fetching = new Map<number, AbortController>()
  let wanted: number[] = []
  let total = 0
  let generation = 0
  let epoch = 0
  let clock = 0
  let bytes = 0
  let isDue = false
  let awaited: (() => boolean) | undefined
  const texts = { key: 0, value: 0 }

  const sizeOf = (at: number): number => Math.min(PAGE_ROWS, total - at * PAGE_ROWS)
  const isWhole = (at: number, held: Page | undefined): boolean =>
    held !== undefined && held.generation === generation && held.count >= sizeOf(at)
  const drop = (at: number): void => {
    const held = pages.get(at)
    if (held === undefined) return
    bytes -= bytesOfPage(held)
    pages.delete(at)
  }
  const put = (at: number, next: Page): void => {
    drop(at)
    pages.set(at, next)
    bytes += bytesOfPage(next)
    if (pages.size <= MOST_PAGES) return
    const [oldest] = [...pages].toSorted(([, a], [, b]) => a.usedAt - b.usedAt)
    if (oldest !== undefined && oldest[0] !== at) drop(oldest[0])
  }
  /** Reads one page, in as many answers as that takes: an answer of large rows ends early. */
  const read = async (at: number, signal: AbortSignal): Promise<Page> => {
    const held = pages.get(at)
    const mine = generation
    const goesOn = held !== undefined && held.generation === mine
    const hits = goesOn ? [...held.hits] : []
    let count = goesOn ? held.count : 0
    while (count < sizeOf(at)) {
      const more = await page(at * PAGE_ROWS + count, sizeOf(at) - count, signal)
      if (more.rows.count === 0) break
      hits.push(more)
      count += more.rows.count
      countTexts(texts, more.rows)
    }
    return { hits, count, generation: mine, usedAt: (clock += 1) }
  }
  const fetchPage = async (at: number): Promise<void> => {
    const mine = new AbortController()
    fetching.set(at, mine)
    try {
      const next = await read(at, mine.signal)
      if (mine.signal.aborted) return
      put(at, next)
      onCame()
      if (awaited?.() === true) awaited = undefined
    } catch (error) {
      if (mine.signal.aborted) return
      awaited = undefined
      onError(error)
    } finally {
      if (fetching.get(at) === mine) fetching.delete(at)
      pump()
    }
  }
  const pump = (): void => {
    while (fetching.size < AT_ONCE) {
      // What was asked for last is what is in view.
      const at = wanted.pop()
      if (at === undefined) return
      if (!fetching.has(at) && sizeOf(at) > 0 && !isWhole(at, pages.get(at))) void fetchPage(at)
    }
  }
  const want = (at: number): void => {
    if (isWhole(at, pages.get(at)) || fetching.has(at)) return
    wanted = [...wanted.filter((other) => other !== at), at].slice(-2 * AT_ONCE)
    if (isDue) return
    isDue = true
    // After the frame that asks, so that lines that are scrolled past are not fetched.
    setTimeout(() => {
      isDue = false
      pump()
    }, 0)
  }
  const placeOf = (line: number): HitPlace | undefined => {
    if (line < 0 || line >= total) return undefined
    const at = Math.floor(line / PAGE_ROWS)
    want(at)
    const held = pages.get(at)
    if (held === undefined) return undefined
    held.usedAt = clock += 1
    return rowOfPage(held, line - at * PAGE_ROWS)
  }
  const lineAt = (line: number): Line | undefined => {
    const at = placeOf(line)
    return at && lineOf(at)
  }
  return {
    grow: (next, movesOthers) => {
      if (next === total) return
      total = next
      if (movesOthers) generation += 1
    },
    clear: () => {
      for (const one of fetching.values()) one.abort()
      fetching.clear()
      pages.clear()
      wanted = []
      awaited = undefined
      total = bytes = texts.key = texts.value = 0
      generation += 1
      epoch += 1
    },
    load: async (ranges) => {
      const found = new Map<number, Line>()
      const topics = new Set<string>()
      for (const { start, end } of ranges) {
        for (let line = start; line <= end; line += 1) {
          const at = Math.floor(line / PAGE_ROWS)
          if (!isWhole(at, pages.get(at))) put(at, await read(at, new AbortController().signal))
          const one = placeOf(line)
          if (one === undefined) continue
          found.set(line, lineOf(one))
          topics.add(topicOf(one))
        }
      }
      return { count: total, at: (line) => found.get(line), topics }
    },
    giveUp: () => {
      const last = [...pages].toSorted(([, a], [, b]) => b.usedAt - a.usedAt).slice(2)
      for (const [at] of last) drop(at)
    },
    get bytes() {
      return bytes
    },
    get count() {
      return total
    },
    get epoch() {
      return epoch
    },
    get shown() {
      const of = (balance: number): ShownText => (balance < 0 ? 'hex' : 'text')
      return { key: of(texts.key), value: of(texts.value) }
    },
    // Lines keep their numbers: none is added before others, and none is removed.
    isNewestFirst: false,
    shift: 0,
    behind: 0,
    look: () => undefined,
    at: lineAt,
    field: (line, field): RowFieldText | null => {
      const at = placeOf(line)
      return at === undefined ? null : fieldAt(at.found.rows, at.row, field)
    },
    topic: (line) => {
      const at = placeOf(line)
      return at && topicOf(at)
    },
    whenHere: (line, act) => {
      const isDone = (): boolean => {
        const here = lineAt(line)
        if (here !== undefined) act(here)
        return here !== undefined
      }
      awaited = isDone() ? undefined : isDone
    },
    now: () => ({ count: total, at: lineAt }),
  }
}

const lineOf = ({ found, row }: HitPlace): Line => ({ kind: 'row', row: rowAt(found.rows, row) })
const topicOf = ({ found, row }: HitPlace): string => found.topics[found.topic[row]!]! // each row has an index into the topics

function rowOfPage({ hits }: Page, number: number): HitPlace | undefined {
  let row = number
  for (const found of hits) {
    if (row < found.rows.count) return { found, row }
    row -= found.rows.count
  }
  return undefined
}

function bytesOfPage({ hits }: Page): number {
  return hits.reduce((sum, { rows }) => sum + bytesOf(rows), 0)
}

/** How many rows of a frame are examined to see whether they are text. */
const MOST_JUDGED = 20

function countTexts(texts: { key: number; value: number }, frame: RowColumns): void {
  const step = Math.max(1, Math.floor(frame.count / MOST_JUDGED))
  for (let i = 0; i < frame.count; i += step) {
    const { key, keyAs, value, valueAs } = rowAt(frame, i)
    if (key !== null && key.length > 0) texts.key += isReadable(keyAs!.form) ? 1 : -1 // keyAs is null only where the key is null
    if (value !== null && value.length > 0) texts.value += isReadable(valueAs!.form) ? 1 : -1 // valueAs is null only where the value is null
  }
}
