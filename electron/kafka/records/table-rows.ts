/** Rows of a table on their way from the decoding workers to the thread that writes the table: packed, one after the other. */

/** Partition, offset and timestamp. */
const FIXED = 4 + 8 + 8

export interface TableRow {
  partition: number
  offset: bigint
  timestamp: bigint
  /** Topic, key as text, key as bytes, value as text, value as bytes, headers. */
  parts: (Uint8Array | null)[]
}

export function rowLength(parts: readonly (Uint8Array | null)[]): number {
  return parts.reduce((sum, part) => sum + 4 + (part?.length ?? 0), FIXED + 1)
}

export function writeRow(
  to: DataView,
  partition: number,
  offset: bigint,
  timestamp: bigint,
  parts: readonly (Uint8Array | null)[],
): void {
  to.setInt32(0, partition)
  to.setBigInt64(4, offset)
  to.setBigInt64(12, timestamp)
  to.setUint8(FIXED, parts.length)
  let at = FIXED + 1
  for (const part of parts) {
    to.setInt32(at, part?.length ?? -1)
    at += 4
    if (part === null) continue
    new Uint8Array(to.buffer, to.byteOffset + at, part.length).set(part)
    at += part.length
  }
}

/** The parts are views into the bytes. */
export function* readRows(bytes: Uint8Array): Iterable<TableRow> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length;) {
    const [partition, offset, timestamp] = [view.getInt32(at), view.getBigInt64(at + 4), view.getBigInt64(at + 12)]
    const count = view.getUint8(at + FIXED)
    at += FIXED + 1
    const parts: (Uint8Array | null)[] = []
    for (let i = 0; i < count; i += 1) {
      const length = view.getInt32(at)
      at += 4
      parts.push(length < 0 ? null : bytes.subarray(at, at + length))
      if (length > 0) at += length
    }
    yield { partition, offset, timestamp, parts }
  }
}
