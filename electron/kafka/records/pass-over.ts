/** After its length a record has at least one byte each for attributes, timestamp, offset, key, value and header count. */
const SMALLEST = 6

/** The position: returning it together with each varint would take an object, or a second call. */
let at = 0

/**
 * Whether bytes are exactly this many valid records without gaps in their offsets: decided in a quarter of the time that
 * parsing each record takes, so that the records of a batch without a match need not be parsed. With `least`, no record may
 * have headers, or a key or value that begins with a smaller byte. Unusual records give "no" as well: the caller then parses
 * them one by one.
 */
export function areRecords(bytes: Uint8Array, start: number, limit: number, count: number, least: number): boolean {
  at = start
  for (let delta = 0; delta < count; delta += 1) {
    const length = varint(bytes)
    const end = at + length / 2
    if ((length & 1) !== 0 || length < 2 * SMALLEST || end > limit) return false
    // Attributes, and a timestamp that differs from the batch's by no more than 34 bits.
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

/** −1 as a zigzag varint. */
const NULL = 1
/** An odd number, which no length or offset is. */
const LONG = -1

/** A zigzag varint of at most three bytes, still encoded. */
function varint(bytes: Uint8Array): number {
  const first = bytes[at++]! // at < end
  if (first < 0x80) return first
  const second = bytes[at++]! // past the end it is undefined, which fails below
  const two = (first & 0x7f) | ((second & 0x7f) << 7)
  if (second < 0x80) return two
  const third = bytes[at++]! // past the end it is undefined, which fails below
  return third < 0x80 ? two | (third << 14) : LONG
}
