import { predicateOf } from '#shared/filters/compile.ts'
import type { Predicate } from '#shared/filters/predicate.ts'
import type { OffsetRange } from '#shared/model/ledger.ts'
import { lowerBound, type Rows } from './held-rows.ts'
import { filterOf, rowVerdict } from './row-filter.ts'

export interface FilterState {
  readonly text: string
  readonly matches: number
  /** Loaded rows that were examined; fewer than are loaded only while a filter run is going on. */
  readonly looked: number
  /** Of those, rows of which only the beginning was examined and does not contain the text. */
  readonly unseen: number
}

/** Row `number`, whose preview does not decide. */
interface Unseen {
  number: number
  partition: number
  offset: bigint
}

export interface RowSearch {
  readonly isOn: boolean
  readonly state: FilterState
  /** The numbers of the rows that match, in order. */
  readonly matches: readonly number[]
  readonly bytes: number
  set(text: string): void
  /** Rows were added at the end; `isSearched`: all earlier rows had been examined. */
  appended(isSearched: boolean): void
  /** Whether all loaded rows have been examined. */
  isSearched(): boolean
  /** Rows were added at the front, up to this number; returns how many match. */
  prepended(until: number): number
  /** Rows were dropped at an end; returns how many of them had matched. */
  cut(end: 'front' | 'back'): number
  clear(): void
  /** The offsets of rows of which only the beginning was examined: one range per partition. */
  unseen(): OffsetRange[]
  /** The result of examining whole records in these ranges: the rows in `found` match, the others do not. */
  decide(looked: readonly OffsetRange[], found: ReadonlyMap<number, ReadonlySet<bigint>>): void
}

export interface RowSearchOptions {
  /** Called as a filter run goes on by itself. */
  onSearched: () => void
  /** Lets the page respond between slices of a filter run. */
  breathe: (next: () => void) => void
  now: () => number
}

const SLICE_MS = 8
/** The memory of a match, which is a number, and of an undecided row, which is an object with an offset. */
const MATCH_BYTES = 8
const UNSEEN_BYTES = 80

/** Finds the loaded rows that contain a text, one slice at a time. */
// oxlint-disable-next-line max-lines-per-function -- which rows were searched and which match changes with every row that is added or dropped
export function createRowSearch(rows: Rows, { onSearched, breathe, now }: RowSearchOptions): RowSearch {
  let needle = ''
  let predicate: Predicate | undefined
  let matches: number[] = []
  let unseen: Unseen[] = []
  /** Rows before this number have been examined. */
  let scanned = 0
  let search = 0

  const look = (number: number, found: number[], notWhole: Unseen[]): void => {
    const row = rows.at(number)
    if (row === undefined || predicate === undefined) return
    const verdict = rowVerdict(row, predicate)
    if (verdict === 'match') found.push(number)
    else if (verdict === 'unknown') notWhole.push({ number, partition: row.partition, offset: row.offset })
  }
  const scanAll = (): void => {
    const own = (search += 1)
    const slice = (): void => {
      if (own !== search) return
      const until = now() + SLICE_MS
      let looked = 0
      while (scanned < rows.end) {
        look(scanned, matches, unseen)
        scanned += 1
        if ((looked += 1) % 64 === 0 && now() > until) break
      }
      if (scanned < rows.end) breathe(slice)
      onSearched()
    }
    slice()
  }
  const startAnew = (): void => {
    matches = []
    unseen = []
    scanned = rows.first
    search += 1
  }

  return {
    get isOn() {
      return needle !== ''
    },
    get state() {
      const looked = needle === '' ? 0 : scanned - rows.first
      return { text: needle, matches: matches.length, looked, unseen: unseen.length }
    },
    get matches() {
      return matches
    },
    get bytes() {
      return matches.length * MATCH_BYTES + unseen.length * UNSEEN_BYTES
    },
    set: (text) => {
      needle = text
      const filter = filterOf(needle)
      predicate = filter === null ? undefined : predicateOf(filter)
      startAnew()
      if (needle === '') onSearched()
      else scanAll()
    },
    isSearched: () => scanned >= rows.end,
    appended: (isSearched) => {
      // A filter run that is going on will reach them.
      if (needle !== '' && isSearched) scanAll()
    },
    prepended: (until) => {
      if (needle === '') return 0
      const found: number[] = []
      const notWhole: Unseen[] = []
      for (let number = rows.first; number < until; number += 1) look(number, found, notWhole)
      matches = found.concat(matches)
      unseen = notWhole.concat(unseen)
      return found.length
    },
    cut: (end) => {
      const before = matches.length
      if (end === 'front') {
        matches = matches.slice(lowerBound(matches.length, (at) => matches[at]! >= rows.first)) // lowerBound passes indexes below the length
        unseen = unseen.slice(lowerBound(unseen.length, (at) => unseen[at]!.number >= rows.first)) // lowerBound passes indexes below the length
        scanned = Math.max(scanned, rows.first)
      } else {
        matches = matches.slice(
          0,
          lowerBound(matches.length, (at) => matches[at]! >= rows.end), // lowerBound passes indexes below the length
        )
        unseen = unseen.slice(
          0,
          lowerBound(unseen.length, (at) => unseen[at]!.number >= rows.end), // lowerBound passes indexes below the length
        )
        scanned = Math.min(scanned, rows.end)
      }
      return before - matches.length
    },
    clear: startAnew,
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
  }
}
