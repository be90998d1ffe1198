/** A decoder's output buffer, and the same bytes eight at a time. */
export interface Room {
  readonly bytes: Uint8Array
  readonly words: DataView
}

export function newRoom(size: number): Room {
  return roomIn(Buffer.allocUnsafeSlow(size).buffer, size)
}

/** Larger buffers are not kept: one huge batch would hold its memory for ever. */
const MOST_KEPT = 4 << 20

/**
 * One buffer for the bodies of successive batches, valid until the next is requested: a new buffer for each batch took a fifth
 * of the time of decompressing it, and as much in garbage collection. Each time the bytes are a new object, so that code that
 * caches results by object notices the change.
 */
export class ReusedRoom {
  #buffer = new ArrayBuffer(0)

  readonly of = (size: number): Room => {
    if (size > MOST_KEPT) return newRoom(size)
    if (size > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(Math.min(MOST_KEPT, Math.max(2 * size, 65_536)))
    return roomIn(this.#buffer, size)
  }
}

function roomIn(buffer: ArrayBuffer, size: number): Room {
  return { bytes: new Uint8Array(buffer, 0, size), words: new DataView(buffer, 0, size) }
}

export const wordsOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** From this length on a native call is faster. */
const LONG = 256
const WORD = 8

/** Copies `length` literal bytes. May overwrite what follows them in `to`: nothing valid is there yet. */
export function copyLiterals(
  from: Uint8Array,
  fromWords: DataView,
  start: number,
  length: number,
  to: Uint8Array,
  toWords: DataView,
  at: number,
): number {
  const stop = at + length
  if (length > LONG) {
    to.set(from.subarray(start, start + length), at)
    return stop
  }
  if (stop + WORD <= to.length && start + length + WORD <= from.length) {
    for (let i = 0; i < length; i += WORD) toWords.setBigInt64(at + i, fromWords.getBigInt64(start + i, true), true)
  } else {
    for (let i = 0; i < length; i += 1) to[at + i] = from[start + i]! // i < length
  }
  return stop
}

/**
 * Copies `length` bytes from `distance` back, overlapping as LZ77 needs it; may overwrite what follows. Returns the new end.
 */
export function copyMatch(to: Uint8Array, words: DataView, at: number, distance: number, length: number): number {
  if (length > LONG) return copyLongMatch(to, at, distance, length)
  const stop = at + length
  if (distance >= WORD && stop + WORD <= to.length) {
    for (let i = at; i < stop; i += WORD) words.setBigInt64(i, words.getBigInt64(i - distance, true), true)
  } else {
    for (let i = at; i < stop; i += 1) to[i] = to[i - distance]! // distance <= at
  }
  return stop
}

function copyLongMatch(out: Uint8Array, at: number, distance: number, length: number): number {
  // If source and target overlap, each round doubles the part that is already there.
  let done = Math.min(distance, length)
  out.copyWithin(at, at - distance, at - distance + done)
  while (done < length) {
    const piece = Math.min(done, length - done)
    out.copyWithin(at + done, at, at + piece)
    done += piece
  }
  return at + length
}
