import { compileFilter } from '#shared/filters/filter.ts'
import type { Predicate } from '#shared/filters/predicate.ts'
import type { OffsetRange } from '#shared/model/ledger.ts'
import { isReadable } from '#shared/model/decoded.ts'
import type { Hole, RowColumns } from '#shared/model/rows.ts'
import { createRingBuffer, rowAt } from '../../api/ring-buffer.ts'
import type { Line, Note, Pause } from './line.ts'
import type { Shown } from './cell-text.ts'
import { filterOf, rowVerdict } from './row-filter.ts'

/** Rows that left the buffer: where reading must go on to meet them again. */
export interface Cut {
  end: 'front' | 'back'
  /** Partition → the first offset still held or later (front), or the first that is gone (back). */
  offsets: ReadonlyMap<number, bigint>
}

export interface FilterState {
  readonly text: string
  readonly matches: number
  /** Loaded rows that were looked at; fewer than `loaded` only while looking. */
  readonly looked: number
  /** Of those, rows of which only the beginning was seen, and that does not hold the text. */
  readonly unseen: number
}

/** Row `number`, whose preview decides nothing. */
interface Unseen {
  number: number
  partition: number
  offset: bigint
}

export interface RowModel {
  append(frame: RowColumns): void
  /** Frames of one page read backward, in their order. */
  prepend(frames: readonly RowColumns[]): void
  /** Behind what is held now. */
  mark(pause: Pause): void
  clear(): void
  setFilter(text: string): void
  /** Where the rows lie of which the filter saw only the beginning: one range a partition. */
  unseen(): OffsetRange[]
  /** What whole records of these offsets came to: rows found match, the others do not. */
  decide(looked: readonly OffsetRange[], found: ReadonlyMap<number, ReadonlySet<bigint>>): void
  /** Records held. */
  readonly loaded: number
  /** Rows of the grid: records and holes, or what the filter matches. */
  readonly count: number
  /** Rows that went at the front since the last clear. */
  readonly dropped: number
  /** Grows with rows put before the first, shrinks with rows taken there; what a scroll position must follow. */
  readonly shift: number
  /** Changes when rows have nothing to do with those before: another filter, another read. `shift` starts anew then. */
  readonly epoch: number
  readonly filter: FilterState
  /** Hex for a whole column once most of what it holds is no text: what is text by chance would look like something else. */
  readonly shown: { readonly key: Shown; readonly value: Shown }
  at(line: number): Line | undefined
  /** The line of a record, or of the hole that covers an offset; −1 when it is not among those shown. */
  lineOf(partition: number, offset: bigint): number
}

export interface RowModelOptions {
  capacity: number
  onCut?: (cut: Cut) => void
  /** Called as a search goes on by itself; what `append` and `prepend` change their caller knows. */
  onSearched?: () => void
  /** Gives the page a breath between slices of a search. */
  breathe?: (next: () => void) => void
  now?: () => number
}

interface Placed {
  /** Stable number of the record it stands before. */
  before: number
  note: Note
}

const SLICE_MS = 8
/** Rows of a frame that are asked whether they are text. */
const MOST_JUDGED = 50

/**
 * Rows of a browse as a grid sees them. Records keep a stable number however many are put before them or leave there;
 * holes and filter matches refer to those, so that a page of 500 costs 500 and not what is already held.
 */
export function createRowModel(options: RowModelOptions): RowModel {
  const buffer = createRingBuffer({ capacity: options.capacity, schedule: () => undefined })
  const now = options.now ?? (() => performance.now())
  const breathe = options.breathe ?? ((next) => void setTimeout(next, 0))
  /** The frames the buffer holds; beside it because what leaves must be known to go on reading exactly there. */
  let frames: RowColumns[] = []
  /** Number of the first record held. */
  let base = 0
  let holes: Placed[] = []
  let shift = 0
  let droppedFront = 0
  let epoch = 0
  let needle = ''
  let predicate: Predicate | undefined
  let matches: number[] = []
  let unseen: Unseen[] = []
  /** Records from `base` up to here were looked at. */
  let scanned = 0
  let search = 0

  /** Of the rows that came since the last clear: how many keys and values are text, less how many are none. */
  const texts = { key: 0, value: 0 }
  const countTexts = (frame: RowColumns): void => {
    // A part tells enough of fifty thousand rows.
    const step = Math.max(1, Math.floor(frame.count / MOST_JUDGED))
    for (let i = 0; i < frame.count; i += step) {
      const { key, keyAs, value, valueAs } = rowAt(frame, i)
      if (key !== null && key.length > 0) texts.key += isReadable(keyAs!.form) ? 1 : -1
      if (value !== null && value.length > 0) texts.value += isReadable(valueAs!.form) ? 1 : -1
    }
  }
  const end = (): number => base + buffer.length
  const look = (number: number, found: number[], notWhole: Unseen[]): void => {
    const row = buffer.at(number - base)
    if (row === undefined) return
    const verdict = predicate === undefined ? 'no' : rowVerdict(row, predicate)
    if (verdict === 'match') found.push(number)
    else if (verdict === 'unknown') notWhole.push({ number, partition: row.partition, offset: row.offset })
  }
  const scanAll = (): void => {
    const own = (search += 1)
    const slice = (): void => {
      if (own !== search) return
      const until = now() + SLICE_MS
      let looked = 0
      while (scanned < end()) {
        look(scanned, matches, unseen)
        scanned += 1
        if ((looked += 1) % 64 === 0 && now() > until) break
      }
      if (scanned < end()) breathe(slice)
      options.onSearched?.()
    }
    slice()
  }
  /** Where hole `at` stands among all rows. */
  const holeRow = (at: number): number => holes[at]!.before - base + at
  const holesBefore = (row: number): number => lowerBound(holes.length, (at) => holeRow(at) >= row)

  const cutFront = (before: number): void => {
    const gone = takeFrames(frames, before - buffer.length, 'front')
    if (gone.length === 0) return
    const count = gone.reduce((sum, frame) => sum + frame.count, 0)
    const first = base + count
    const keptHoles = lowerBound(holes.length, (at) => holes[at]!.before > first)
    const keptMatches = lowerBound(matches.length, (at) => matches[at]! >= first)
    shift -= needle === '' ? count + keptHoles : keptMatches
    holes = holes.slice(keptHoles)
    matches = matches.slice(keptMatches)
    unseen = unseen.filter(({ number }) => number >= first)
    base = first
    scanned = Math.max(scanned, base)
    droppedFront += count
    const offsets = new Map<number, bigint>()
    for (const frame of gone) {
      eachOffset(frame, (partition, _first, last) => {
        if (last + 1n > (offsets.get(partition) ?? -1n)) offsets.set(partition, last + 1n)
      })
    }
    options.onCut?.({ end: 'front', offsets })
  }
  const cutBack = (before: number): void => {
    const gone = takeFrames(frames, before - buffer.length, 'back')
    if (gone.length === 0) return
    holes = holes.slice(
      0,
      lowerBound(holes.length, (at) => holes[at]!.before > end()),
    )
    matches = matches.slice(
      0,
      lowerBound(matches.length, (at) => matches[at]! >= end()),
    )
    unseen = unseen.filter(({ number }) => number < end())
    scanned = Math.min(scanned, end())
    const offsets = new Map<number, bigint>()
    for (const frame of gone) {
      eachOffset(frame, (partition, first) => {
        const known = offsets.get(partition)
        if (known === undefined || first < known) offsets.set(partition, first)
      })
    }
    options.onCut?.({ end: 'back', offsets })
  }

  return {
    append: (frame) => {
      if (frame.count === 0 && frame.holes.length === 0) return
      countTexts(frame)
      const first = end()
      for (const { at, hole } of frame.holes) addHole(holes, first + at, hole)
      const isSearched = scanned >= first
      const before = buffer.length + frame.count
      frames.push(frame)
      buffer.push(frame)
      cutFront(before)
      if (needle !== '' && isSearched) scanAll()
    },
    prepend: (page) => {
      const added = page.filter((frame) => frame.count > 0 || frame.holes.length > 0)
      if (added.length === 0) return
      const count = added.reduce((sum, frame) => sum + frame.count, 0)
      const before = buffer.length + count
      const placed: Placed[] = []
      let at = base - count
      for (const frame of added) {
        for (const item of frame.holes) placed.push({ before: at + item.at, note: { kind: 'hole', hole: item.hole } })
        at += frame.count
      }
      for (const frame of added) countTexts(frame)
      for (const frame of added.toReversed()) buffer.unshift(frame)
      base -= count
      frames = [...added, ...frames]
      holes = [...placed, ...holes]
      const found: number[] = []
      const notWhole: Unseen[] = []
      if (needle !== '') for (let n = base; n < base + count; n += 1) look(n, found, notWhole)
      matches = [...found, ...matches]
      unseen = [...notWhole, ...unseen]
      shift += needle === '' ? count + placed.length : found.length
      cutBack(before)
    },
    mark: (pause) => void holes.push({ before: end(), note: { kind: 'pause', pause } }),
    clear: () => {
      buffer.clear()
      frames = []
      holes = []
      matches = []
      unseen = []
      base = 0
      scanned = 0
      shift = 0
      droppedFront = 0
      texts.key = texts.value = 0
      search += 1
      epoch += 1
    },
    setFilter: (text) => {
      const next = text.trim().toLowerCase()
      if (next === needle) return
      needle = next
      const filter = filterOf(needle)
      predicate = filter === null ? undefined : compileFilter(filter)
      matches = []
      unseen = []
      scanned = base
      search += 1
      shift = 0
      epoch += 1
      if (needle === '') options.onSearched?.()
      else scanAll()
    },
    unseen: () => {
      const ranges = new Map<number, OffsetRange>()
      for (const { partition, offset } of unseen) {
        const range = ranges.get(partition)
        if (range === undefined) ranges.set(partition, { partition, from: offset, to: offset + 1n })
        else if (offset < range.from) range.from = offset
        else if (offset >= range.to) range.to = offset + 1n
      }
      return [...ranges.values()]
    },
    decide: (looked, found) => {
      const byPartition = Map.groupBy(looked, (range) => range.partition)
      const more: number[] = []
      unseen = unseen.filter(({ number, partition, offset }) => {
        if (found.get(partition)?.has(offset) === true) more.push(number)
        else return byPartition.get(partition)?.some((range) => range.from <= offset && offset < range.to) !== true
        return false
      })
      if (more.length > 0) matches = [...matches, ...more].toSorted((a, b) => a - b)
    },
    get shown() {
      const of = (balance: number): Shown => (balance < 0 ? 'hex' : 'text')
      return { key: of(texts.key), value: of(texts.value) }
    },
    get loaded() {
      return buffer.length
    },
    get count() {
      return needle === '' ? buffer.length + holes.length : matches.length
    },
    get dropped() {
      return droppedFront
    },
    get shift() {
      return shift
    },
    get epoch() {
      return epoch
    },
    get filter() {
      return {
        text: needle,
        matches: matches.length,
        looked: needle === '' ? 0 : scanned - base,
        unseen: unseen.length,
      }
    },
    at: (line) => {
      if (needle !== '') {
        const number = matches[line]
        const view = number === undefined ? undefined : buffer.at(number - base)
        return view && { kind: 'row', row: view }
      }
      const passed = holesBefore(line)
      if (passed < holes.length && holeRow(passed) === line) return holes[passed]!.note
      const view = buffer.at(line - passed)
      return view && { kind: 'row', row: view }
    },
    lineOf: (partition, offset) => {
      if (needle === '') {
        const at = holes.findIndex(
          ({ note }) =>
            note.kind === 'hole' &&
            note.hole.partition === partition &&
            note.hole.first <= offset &&
            note.hole.last >= offset,
        )
        if (at !== -1) return holeRow(at)
      }
      let start = base
      for (const frame of frames) {
        for (let i = 0; i < frame.count; i += 1) {
          if (frame.offset[i] !== offset || frame.partition[i] !== partition) continue
          const number = start + i
          if (needle === '') return number - base + lowerBound(holes.length, (at) => holes[at]!.before > number)
          const at = lowerBound(matches.length, (m) => matches[m]! >= number)
          return matches[at] === number ? at : -1
        }
        start += frame.count
      }
      return -1
    },
  }
}

/** Calls with every record and hole of a frame as a run of offsets. */
export function eachOffset(frame: RowColumns, call: (partition: number, first: bigint, last: bigint) => void): void {
  for (let i = 0; i < frame.count; i += 1) call(frame.partition[i]!, frame.offset[i]!, frame.offset[i]!)
  for (const { hole } of frame.holes) call(hole.partition, hole.first, hole.last)
}

/** A hole over the seam of two pages is one hole. */
function addHole(holes: Placed[], before: number, next: Hole): void {
  for (let at = holes.length - 1; at >= 0 && holes[at]!.before === before; at -= 1) {
    const { note } = holes[at]!
    if (note.kind !== 'hole') break
    const { hole } = note
    if (hole.partition !== next.partition || hole.last + 1n !== next.first) continue
    const problem = hole.problem ?? next.problem
    const joined = {
      partition: hole.partition,
      first: hole.first,
      last: next.last,
      markers: hole.markers + next.markers,
      aborted: hole.aborted + next.aborted,
      open: hole.open + next.open,
      missing: hole.missing + next.missing,
      oldFormat: hole.oldFormat + next.oldFormat,
      corrupt: hole.corrupt + next.corrupt,
      ...(problem === undefined ? {} : { problem }),
    }
    holes[at] = { before, note: { kind: 'hole', hole: joined } }
    return
  }
  holes.push({ before, note: { kind: 'hole', hole: next } })
}

/** The frames that hold `rows` rows at one end, taken out; the ring drops whole frames alone. */
function takeFrames(frames: RowColumns[], rows: number, from: 'front' | 'back'): RowColumns[] {
  let left = rows
  let count = 0
  while (left > 0 && count < frames.length) {
    left -= frames[from === 'front' ? count : frames.length - 1 - count]!.count
    count += 1
  }
  return from === 'front' ? frames.splice(0, count) : frames.splice(frames.length - count, count)
}

function lowerBound(count: number, isAtLeast: (at: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (isAtLeast(middle)) high = middle
    else low = middle + 1
  }
  return low
}
