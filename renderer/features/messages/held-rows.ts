import { fieldAt, rowAt, type RowColumns, type RowView } from '#shared/model/rows.ts'

/** Rows by stable numbers: a row's stays as it is, however many are put before it or leave there. */
export interface Rows {
  /** Of the first row held. */
  readonly first: number
  /** Behind the last. */
  readonly end: number
  at(number: number): RowView | undefined
  /** What the row brings along for a column; null: nothing. */
  field(number: number, field: number): RowFieldText | null
}

export type RowFieldText = NonNullable<ReturnType<typeof fieldAt>>

export interface HeldRows extends Rows {
  /** What they keep in memory. */
  readonly bytes: number
  /** Whether some were decoded without a schema that they wait for. */
  readonly waits: boolean
  append(frame: RowColumns): void
  /** In front of all, in their order. */
  prepend(frames: readonly RowColumns[]): void
  /** Rows of the frame at that end; 0: nothing is held. */
  sizeAt(end: 'front' | 'back'): number
  /** The frame at that end, which is held no more. */
  take(end: 'front' | 'back'): RowColumns | undefined
  clear(): void
  /** These rows as they are now, whatever comes or goes: a few hundred references. */
  now(): Rows
}

/**
 * Rows as the packed frames they came in: fifty thousand are some hundred arrays, and letting go of the oldest is letting
 * go of a reference. So frames leave as a whole.
 */
export function createHeldRows(): HeldRows {
  let frames: RowColumns[] = []
  /** Number of each frame's first row. */
  let starts: number[] = []
  let first = 0
  let end = 0
  let bytes = 0
  return {
    get first() {
      return first
    },
    get end() {
      return end
    },
    get bytes() {
      return bytes
    },
    get waits() {
      // Of the few decodings of each frame, not of its rows.
      return frames.some(({ decodings }) => decodings.some((as) => as.waits === true))
    },
    at: (number) => viewOf(frames, starts, end, number),
    field: (number, field) => fieldOf(frames, starts, end, number, field),
    append: (frame) => {
      if (frame.count === 0) return
      frames.push(frame)
      starts.push(end)
      end += frame.count
      bytes += bytesOf(frame)
    },
    prepend: (added) => {
      const some = added.filter((frame) => frame.count > 0)
      const newStarts: number[] = []
      let at = first - some.reduce((sum, frame) => sum + frame.count, 0)
      first = at
      for (const frame of some) {
        newStarts.push(at)
        at += frame.count
        bytes += bytesOf(frame)
      }
      frames = [...some, ...frames]
      starts = [...newStarts, ...starts]
    },
    sizeAt: (which) => frames.at(which === 'front' ? 0 : -1)?.count ?? 0,
    take: (which) => {
      const frame = which === 'front' ? frames.shift() : frames.pop()
      if (frame === undefined) return undefined
      if (which === 'front') starts.shift()
      else starts.pop()
      bytes -= bytesOf(frame)
      if (which === 'front') first += frame.count
      else end -= frame.count
      return frame
    },
    clear: () => {
      frames = []
      starts = []
      first = end = bytes = 0
    },
    now: () => {
      const held = [...frames]
      const at = [...starts]
      const until = end
      return {
        first,
        end: until,
        at: (number) => viewOf(held, at, until, number),
        field: (number, field) => fieldOf(held, at, until, number, field),
      }
    },
  }
}

function viewOf(
  frames: readonly RowColumns[],
  starts: readonly number[],
  end: number,
  number: number,
): RowView | undefined {
  if (!Number.isInteger(number) || number >= end) return undefined
  const which = lowerBound(starts.length, (at) => starts[at]! > number) - 1 // lowerBound passes indexes below starts.length
  return which < 0 ? undefined : rowAt(frames[which]!, number - starts[which]!) // there is a frame per start, and `which` is not below 0
}

function fieldOf(
  frames: readonly RowColumns[],
  starts: readonly number[],
  end: number,
  number: number,
  field: number,
): RowFieldText | null {
  if (!Number.isInteger(number) || number >= end) return null
  const which = lowerBound(starts.length, (at) => starts[at]! > number) - 1 // lowerBound passes indexes below starts.length
  return which < 0 ? null : fieldAt(frames[which]!, number - starts[which]!, field) // there is a frame per start, and `which` is not below 0
}

/** The first place of `count` at which something holds that holds at all after it; `count`: at none. */
export function lowerBound(count: number, holds: (at: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** Columns may be views of one buffer, and then keep all of it. */
export function bytesOf(frame: RowColumns): number {
  const columns = [frame.partition, frame.offset, frame.timestamp, frame.flags, frame.keySize, frame.valueSize, frame.headerCount, frame.preview, frame.ends, frame.decodedAs] // oxfmt-ignore
  if (frame.shorts !== undefined) columns.push(frame.shorts.rows, frame.shorts.text, frame.shorts.ends)
  if (frame.fields !== undefined) columns.push(frame.fields.kind, frame.fields.text, frame.fields.ends)
  return [...new Set(columns.map(({ buffer }) => buffer))].reduce((sum, { byteLength }) => sum + byteLength, 0)
}
