import type { FetchedPart } from './fetch-answers.ts'

/**
 * The buffer that all parts are in, safe to transfer to a worker: a response's own buffer. If the parts do not share one of
 * their own (a pooled Buffer), they are copied first: transferring a shared buffer would take other code's bytes with it.
 */
export function ownedBuffer(parts: FetchedPart[]): ArrayBuffer {
  const buffer = parts[0]!.records.buffer // callers pass at least one part
  const total = parts.reduce((sum, part) => sum + part.records.byteLength, 0)
  const alone = parts.every((part) => part.records.buffer === buffer) && buffer.byteLength <= total * 2 + 65_536
  if (alone && buffer instanceof ArrayBuffer && buffer.byteLength !== 8_192) return buffer
  const copy = new Uint8Array(total)
  let at = 0
  for (const part of parts) {
    copy.set(part.records, at)
    part.records = copy.subarray(at, at + part.records.byteLength)
    at += part.records.byteLength
  }
  return copy.buffer
}
