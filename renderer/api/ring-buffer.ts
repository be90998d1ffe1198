import type { Decoding } from '#shared/model/decoded.ts'
import type { Hole, RowColumns } from '#shared/model/rows.ts'

/** One row of the buffer; the byte slices point into their frame and are for looking, not keeping. */
export interface RowView {
  partition: number
  offset: bigint
  /** Milliseconds since 1970 UTC; −1n means none. */
  timestamp: bigint
  flags: number
  /** Bytes of the whole; −1 for null. */
  keySize: number
  valueSize: number
  headerCount: number
  /** The previews: what each was decoded to, cut; null for null. */
  key: Uint8Array | null
  value: Uint8Array | null
  keyAs: Decoding | null
  valueAs: Decoding | null
  /** Holes that stand before this row. */
  holes: readonly Hole[]
}

export interface RingBuffer {
  /** Appends a frame; whole old frames leave when more than `capacity` rows remain without them. */
  push(rows: RowColumns): void
  /** Puts a frame before the first: a page read backward. What then exceeds the capacity leaves at the end. */
  unshift(rows: RowColumns): void
  clear(): void
  /** Rows held. */
  readonly length: number
  /** Rows that have left at the front since the last clear: adding it to an index makes a stable row number. */
  readonly dropped: number
  at(index: number): RowView | undefined
  /** Holes after the last row. */
  trailingHoles(): readonly Hole[]
  /** Bytes the frames hold. */
  readonly bytes: number
  /** Both for `useSyncExternalStore`: the version changes with the content, listeners are told once per tick. */
  subscribe(listener: () => void): () => void
  version(): number
}

export interface RingOptions {
  capacity: number
  /** When to tell listeners; once per animation frame in a page. */
  schedule?: (publish: () => void) => void
}

/**
 * Bounded rows outside React, kept as the packed frames they came in: a million rows are a few thousand arrays, and
 * dropping the oldest is dropping a reference. Frames go as a whole, so up to one frame more than `capacity` is held.
 */
export function createRingBuffer(options: RingOptions): RingBuffer {
  const { capacity } = options
  const schedule = options.schedule ?? ((publish) => void setTimeout(publish, 0))
  const listeners = new Set<() => void>()
  let frames: RowColumns[] = []
  /** Index of each frame's first row, counted from the first frame held. */
  let starts: number[] = []
  let length = 0
  let dropped = 0
  let bytes = 0
  let version = 0
  let told = true

  const changed = (): void => {
    version += 1
    if (!told) return
    told = false
    schedule(() => {
      told = true
      for (const listener of listeners) listener()
    })
  }
  const reindex = (): void => {
    starts = []
    length = 0
    for (const frame of frames) {
      starts.push(length)
      length += frame.count
    }
  }
  const frameAt = (index: number): number => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= index) low = middle
      else high = middle - 1
    }
    return low
  }
  const trim = (end: 'front' | 'back'): void => {
    let left = length
    let cut = 0
    while (frames.length - cut > 1) {
      const count = frames[end === 'front' ? cut : frames.length - 1 - cut]!.count
      if (left - count < capacity) break
      left -= count
      cut += 1
    }
    if (cut === 0) return
    const gone = end === 'front' ? frames.splice(0, cut) : frames.splice(frames.length - cut, cut)
    for (const frame of gone) {
      bytes -= sizeOf(frame)
      if (end === 'front') dropped += frame.count
    }
    reindex()
  }

  return {
    push: (rows) => {
      if (rows.count === 0 && rows.holes.length === 0) return
      starts.push(length)
      frames.push(rows)
      length += rows.count
      bytes += sizeOf(rows)
      if (length > capacity) trim('front')
      changed()
    },
    unshift: (rows) => {
      if (rows.count === 0 && rows.holes.length === 0) return
      frames.unshift(rows)
      bytes += sizeOf(rows)
      reindex()
      if (length > capacity) trim('back')
      changed()
    },
    clear: () => {
      frames = []
      dropped = 0
      bytes = 0
      reindex()
      changed()
    },
    get length() {
      return length
    },
    get dropped() {
      return dropped
    },
    get bytes() {
      return bytes
    },
    at: (index) => {
      if (index < 0 || index >= length || !Number.isInteger(index)) return undefined
      const which = frameAt(index)
      const row = index - starts[which]!
      const view = rowAt(frames[which]!, row)
      return row > 0 ? view : { ...view, holes: [...endHoles(frames, which - 1), ...view.holes] }
    },
    trailingHoles: () => endHoles(frames, frames.length - 1),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    version: () => version,
  }
}

/** Row `row` of one frame. */
export function rowAt(frame: RowColumns, row: number): RowView {
  const keyStart = row === 0 ? 0 : frame.ends[2 * row - 1]!
  const keyEnd = frame.ends[2 * row]!
  const valueEnd = frame.ends[2 * row + 1]!
  const keySize = frame.keySize[row]!
  const valueSize = frame.valueSize[row]!
  return {
    partition: frame.partition[row]!,
    offset: frame.offset[row]!,
    timestamp: frame.timestamp[row]!,
    flags: frame.flags[row]!,
    keySize,
    valueSize,
    headerCount: frame.headerCount[row]!,
    key: keySize < 0 ? null : frame.preview.subarray(keyStart, keyEnd),
    value: valueSize < 0 ? null : frame.preview.subarray(keyEnd, valueEnd),
    keyAs: keySize < 0 ? null : frame.decodings[frame.decodedAs[row]! & 0xffff]!,
    valueAs: valueSize < 0 ? null : frame.decodings[frame.decodedAs[row]! >>> 16]!,
    holes: frame.holes.length === 0 ? noHoles : frame.holes.filter((item) => item.at === row).map((item) => item.hole),
  }
}

const noHoles: readonly Hole[] = []

/** Holes after the last row of frame `which`, together with those of row-less frames right before it. */
function endHoles(frames: readonly RowColumns[], which: number): Hole[] {
  const found: Hole[][] = []
  for (let at = which; at >= 0; at -= 1) {
    const frame = frames[at]!
    found.unshift(frame.holes.filter((item) => item.at >= frame.count).map((item) => item.hole))
    if (frame.count > 0) break
  }
  return found.flat()
}

function sizeOf(frame: RowColumns): number {
  return frame.preview.byteLength + frame.count * 48 + frame.holes.length * 200
}
