import { isReadable } from '#shared/model/decoded.ts'
import type { OffsetRange } from '#shared/model/ledger.ts'
import { rowAt, type RowColumns } from '#shared/model/rows.ts'
import { joinHoles, type Hole } from '#shared/model/hole.ts'
import { createHeldRows, lowerBound, type Rows } from './held-rows.ts'
import type { Line, Note, Pause, ShownLines, ShownText } from './grid-lines.ts'
import { createRowSearch, type FilterState } from './row-search.ts'

type End = 'front' | 'back'

/** Rows that were dropped: the offsets at which reading must continue to get them again. */
export interface Cut {
  end: End
  /** Partition → the first offset that is still held or later (front), or the first that was dropped (back). */
  offsets: ReadonlyMap<number, bigint>
}

export interface RowModel extends ShownLines {
  append(frame: RowColumns): void
  /** Adds frames of one page that was read backward, in their order. */
  prepend(frames: readonly RowColumns[]): void
  /** Adds a pause after the last row. */
  mark(pause: Pause): void
  clear(): void
  setFilter(text: string): void
  setNewestFirst(isNewestFirst: boolean): void
  unseen(): OffsetRange[]
  decide(looked: readonly OffsetRange[], found: ReadonlyMap<number, ReadonlySet<bigint>>): void
  /**
   * Drops whole frames until this many bytes are free, or only rows in view are left. A list that grows at its end drops rows
   * at its front; any other drops them at the end that is farther from the view.
   */
  giveUp(bytes: number, isGrowing: boolean): void
  /** The memory that everything uses. */
  readonly bytes: number
  /** The number of records held. */
  readonly loaded: number
  /** Whether some rows were decoded without a schema that they wait for. */
  readonly waits: boolean
  /** Rows dropped at the front since the last clear. */
  readonly dropped: number
  /** Rows that were dropped to free memory and not read again since. */
  readonly givenUp: { readonly front: number; readonly back: number }
  readonly filter: FilterState
}

export interface RowModelOptions {
  /** The most rows; up to one frame more is held, because only whole frames are dropped. */
  capacity: number
  onCut?: (cut: Cut) => void
  /** Called as a filter run goes on by itself; changes by `append` and `prepend` are known to their callers. */
  onSearched?: () => void
  /** Lets the page respond between slices of a filter run. */
  breathe?: (next: () => void) => void
  now?: () => number
}

/** A note, and the number of the record that follows it. */
interface Placed {
  before: number
  note: Note
}

/** A view at the end stays at the end as rows arrive. */
const atEnd = { first: Infinity, last: Infinity } as const
/** How many rows of a frame are examined to see whether they are text. */
const MOST_JUDGED = 50
/** The memory of a gap: an object with ten fields, most of them 64-bit numbers, and the two objects that hold its place. */
const NOTE_BYTES = 400

/**
 * The rows of a browse as a grid sees them. Records keep a fixed number, however many are added before them or dropped there.
 * Notes and filter matches refer to these numbers, so that a page of 500 rows costs 500 steps, whatever is already held.
 */
// oxlint-disable-next-line max-lines-per-function -- rows, holes and pauses move together: inserting, cutting or reversing changes the positions of all
export function createRowModel(options: RowModelOptions): RowModel {
  const { capacity } = options
  const rows = createHeldRows()
  const filter = createRowSearch(rows, {
    onSearched: options.onSearched ?? (() => undefined),
    breathe: options.breathe ?? ((next) => void setTimeout(next, 0)),
    now: options.now ?? (() => performance.now()),
  })
  let notes: Placed[] = []
  let shift = 0
  let dropped = 0
  let givenUp = { front: 0, back: 0 }
  let epoch = 0
  let isNewestFirst = false
  /** The numbers of the first and last record in view; the end, if the list was never shown. */
  let sight: { readonly first: number; readonly last: number } = atEnd
  let behind = 0
  /** For the rows since the last clear: the number of keys and values that are text minus the number that are not. */
  const texts = { key: 0, value: 0 }

  const loaded = (): number => rows.end - rows.first
  const countTexts = (frame: RowColumns): void => {
    // A sample says enough about fifty thousand rows.
    const step = Math.max(1, Math.floor(frame.count / MOST_JUDGED))
    for (let i = 0; i < frame.count; i += step) {
      const { key, keyAs, value, valueAs } = rowAt(frame, i)
      if (key !== null && key.length > 0) texts.key += isReadable(keyAs!.form) ? 1 : -1 // keyAs is null only where the key is null
      if (value !== null && value.length > 0) texts.value += isReadable(valueAs!.form) ? 1 : -1 // valueAs is null only where the value is null
    }
  }
  /** Drops frames at one end while a condition holds; the last frame stays. */
  const cut = (end: End, isToGo: (count: number) => boolean): number => {
    const gone: RowColumns[] = []
    while (rows.sizeAt(end) < loaded() && isToGo(rows.sizeAt(end))) gone.push(rows.take(end)!) // sizeAt() said that there is one
    if (gone.length === 0) return 0
    const count = gone.reduce((sum, frame) => sum + frame.count, 0)
    const isFront = end === 'front'
    const at = lowerBound(notes.length, (i) => notes[i]!.before > (isFront ? rows.first : rows.end)) // the index is below the length
    const goneNotes = isFront ? notes.slice(0, at) : notes.slice(at)
    notes = isFront ? notes.slice(at) : notes.slice(0, at)
    const matches = filter.cut(end)
    if (isFront) {
      shift -= filter.isOn ? matches : count + at
      dropped += count
    }
    const offsets = new Map<number, bigint>()
    const meet = (partition: number, first: bigint, last: bigint) => {
      const known = offsets.get(partition)
      if (isFront ? last >= (known ?? 0n) : known === undefined || first < known)
        offsets.set(partition, isFront ? last + 1n : first)
    }
    for (const frame of gone)
      for (let i = 0; i < frame.count; i += 1) meet(frame.partition[i]!, frame.offset[i]!, frame.offset[i]!) // i < count
    for (const { note } of goneNotes) if (note.kind === 'hole') meet(note.hole.partition, note.hole.first, note.hole.last) // oxfmt-ignore
    options.onCut?.({ end, offsets })
    return count
  }
  const overCapacity = (count: number): boolean => loaded() - count >= capacity
  const numberAt = (line: number): number =>
    filter.isOn ? (filter.matches[line] ?? Infinity) : rows.first + line - notesBefore(notes, rows, line)
  /** Converts between a line and its place in log order. */
  const turned = (line: number): number => (isNewestFirst ? count() - 1 - line : line)
  const bytes = (): number => rows.bytes + notes.length * NOTE_BYTES + filter.bytes
  const count = (): number => (filter.isOn ? filter.matches.length : loaded() + notes.length)

  const shownAt = (line: number): Line | undefined =>
    filter.isOn ? matchAt(filter.matches, rows, turned(line)) : lineAt(notes, rows, turned(line))

  return {
    append: (frame) => {
      if (frame.count === 0 && frame.holes.length === 0) return
      countTexts(frame)
      const isSearched = filter.isSearched()
      for (const { at, hole } of frame.holes) addHole(notes, rows.end + at, hole)
      rows.append(frame)
      if (sight !== atEnd) behind += frame.count
      givenUp = { ...givenUp, back: Math.max(0, givenUp.back - frame.count) }
      cut('front', overCapacity)
      filter.appended(isSearched)
    },
    prepend: (page) => {
      const added = page.filter((frame) => frame.count > 0 || frame.holes.length > 0)
      if (added.length === 0) return
      const until = rows.first
      rows.prepend(added)
      const placed: Placed[] = []
      let at = rows.first
      for (const frame of added) {
        countTexts(frame)
        for (const item of frame.holes) placed.push({ before: at + item.at, note: { kind: 'hole', hole: item.hole } })
        at += frame.count
      }
      notes = placed.concat(notes)
      const found = filter.prepended(until)
      shift += filter.isOn ? found : until - rows.first + placed.length
      givenUp = { ...givenUp, front: Math.max(0, givenUp.front - (until - rows.first)) }
      cut('back', overCapacity)
    },
    mark: (pause) => void notes.push({ before: rows.end, note: { kind: 'pause', pause } }),
    clear: () => {
      rows.clear()
      notes = []
      filter.clear()
      shift = dropped = 0
      givenUp = { front: 0, back: 0 }
      sight = atEnd
      behind = 0
      texts.key = texts.value = 0
      epoch += 1
    },
    setFilter: (text) => {
      const next = text.trim().toLowerCase()
      if (next === filter.state.text) return
      shift = 0
      epoch += 1
      filter.set(next)
    },
    unseen: filter.unseen,
    decide: filter.decide,
    setNewestFirst: (next) => {
      if (next === isNewestFirst) return
      isNewestFirst = next
      shift = 0
      epoch += 1
    },
    get isNewestFirst() {
      return isNewestFirst
    },
    look: (at) => {
      if (at === 'newest') {
        sight = atEnd
        behind = 0
        return
      }
      const [first, last] = isNewestFirst ? [at.last, at.first] : [at.first, at.last]
      sight = { first: numberAt(turned(first)), last: numberAt(turned(last)) }
    },
    get behind() {
      return behind
    },
    giveUp: (wanted, isGrowing) => {
      const target = bytes() - wanted
      const isFar = (end: End) => (end === 'front' ? sight.first - rows.first : rows.end - 1 - sight.last)
      const isFree = (end: End, size: number) =>
        end === 'front' ? rows.first + size <= sight.first : rows.end - size > sight.last
      while (bytes() > target) {
        const end: End = isGrowing || isFar('front') >= isFar('back') ? 'front' : 'back'
        let isTaken = false
        const gone = cut(end, (size) => !isTaken && (isTaken = isGrowing || isFree(end, size)))
        if (gone === 0) return
        givenUp = { ...givenUp, [end]: givenUp[end] + gone }
      }
    },
    get bytes() {
      return bytes()
    },
    get loaded() {
      return loaded()
    },
    get waits() {
      return rows.waits
    },
    get count() {
      return count()
    },
    get dropped() {
      return dropped
    },
    get givenUp() {
      return givenUp
    },
    get shift() {
      // Lines that were not added at the oldest end were added at the newest end, which comes first here.
      return isNewestFirst ? count() - shift : shift
    },
    get epoch() {
      return epoch
    },
    get filter() {
      return filter.state
    },
    get shown() {
      const of = (balance: number): ShownText => (balance < 0 ? 'hex' : 'text')
      return { key: of(texts.key), value: of(texts.value) }
    },
    field: (line, field) => rows.field(numberAt(turned(line)), field),
    at: shownAt,
    whenHere: (line, act) => {
      const here = shownAt(line)
      if (here !== undefined) act(here)
    },
    now: () => {
      const held = rows.now()
      const until = count()
      const placeOf = isNewestFirst ? (line: number) => until - 1 - line : (line: number) => line
      if (filter.isOn) {
        const { matches } = filter
        return { count: until, at: (line) => matchAt(matches, held, placeOf(line)) }
      }
      const placed = [...notes]
      return { count: until, at: (line) => lineAt(placed, held, placeOf(line)) }
    },
  }
}

function matchAt(matches: readonly number[], rows: Rows, line: number): Line | undefined {
  const number = matches[line]
  const row = number === undefined ? undefined : rows.at(number)
  return row && { kind: 'row', row }
}

function lineAt(notes: readonly Placed[], rows: Rows, line: number): Line | undefined {
  const passed = notesBefore(notes, rows, line)
  if (passed < notes.length && lineOf(notes, rows, passed) === line) return notes[passed]!.note // the index is below the length
  const row = rows.at(rows.first + line - passed)
  return row && { kind: 'row', row }
}

/** The line of note `at`. */
const lineOf = (notes: readonly Placed[], { first }: Rows, at: number): number => notes[at]!.before - first + at // callers pass an index below the length
const notesBefore = (notes: readonly Placed[], rows: Rows, line: number): number =>
  lowerBound(notes.length, (at) => lineOf(notes, rows, at) >= line)

/** Two gaps that touch where pages meet become one. */
function addHole(notes: Placed[], before: number, next: Hole): void {
  for (let at = notes.length - 1; at >= 0 && notes[at]!.before === before; at -= 1) {
    // at >= 0, as the loop checks
    const { note } = notes[at]! // at >= 0, as the loop checks
    if (note.kind !== 'hole') break
    const { hole } = note
    if (hole.partition !== next.partition || hole.last + 1n !== next.first) continue
    notes[at] = { before, note: { kind: 'hole', hole: joinHoles(hole, next) } }
    return
  }
  notes.push({ before, note: { kind: 'hole', hole: next } })
}
