/** A record has at least a byte for each of attributes, timestamp, offset, key, value and header count behind its length. */
const SMALLEST = 6

/** Where it stands: a varint each time with its place would be an object, or two calls. */
let at = 0

/**
 * Whether bytes are so many records and nothing else, each as a `RecordCursor` wants it, of offsets without a gap: told in a
 * quarter of the time that looking at each of them takes, so that those of a batch in which nothing can be found need not be
 * looked at. With `least` none may have headers either, nor a key or value that begins with a lesser byte. What is rare is
 * "no" as well: who asked looks at it record by record.
 */
export function areRecords(bytes: Uint8Array, start: number, limit: number, count: number, least: number): boolean {
  at = start
  for (let delta = 0; delta < count; delta += 1) {
    const length = varint(bytes)
    const end = at + length / 2
    if ((length & 1) !== 0 || length < 2 * SMALLEST || end > limit) return false
    // Attributes, and a timestamp of no more than 34 bits from the batch's.
    at += 1
    const timestamp = at
    while (bytes[at++]! >= 0x80) if (at - timestamp > 4) return false // past the end it is undefined, which is not >= 0x80
    if (varint(bytes) !== 2 * delta) return false
    for (let part = 0; part < 2; part += 1) {
      const size = varint(bytes)
      if (size === NULL || size === 0) continue
      if ((size & 1) !== 0 || at + size / 2 > end || bytes[at]! < least) return false // at < end
      at += size / 2
    }
    const headers = varint(bytes)
    if (headers === 0 ? at !== end : (headers & 1) !== 0 || headers > end - at || least > 0) return false
    at = end
  }
  return at === limit
}

/** −1 in a zigzag varint. */
const NULL = 1
/** Odd, as no length or offset is. */
const LONG = -1

/** A zigzag varint of three bytes at most, as it is written. */
function varint(bytes: Uint8Array): number {
  const first = bytes[at++]! // at < end
  if (first < 0x80) return first
  const second = bytes[at++]! // past the end it is undefined, which fails below
  const two = (first & 0x7f) | ((second & 0x7f) << 7)
  if (second < 0x80) return two
  const third = bytes[at++]! // past the end it is undefined, which fails below
  return third < 0x80 ? two | (third << 14) : LONG
}
