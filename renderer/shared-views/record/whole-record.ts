import type { FullRecord, HeaderValue } from '#shared/contract/messages.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { formatBytes, formatGrouped } from '../../ui/format.ts'

export type Part = 'key' | 'value'
type HeaderPart = 'header-name' | 'header-value'

export interface RecordAt {
  readonly connectionId: ConnectionId
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

/** What can be copied without blocking the page: Chromium passes a text on in one task, 3 ms per megabyte. */
export const COPY_LIMIT = 8 * 1024 * 1024
/** The most that the page holds in order to save a file. */
export const SAVE_LIMIT = 512 * 1024 * 1024
const SLICE = 1_048_576

/** Why something is not copied: with its size, so that saving can be offered instead. `what` ends with "is" or "are". */
export function tooLargeToHold(what: string, size: number): SeeklineError {
  return new SeeklineError(
    'call.invalid',
    `${what} ${formatBytes(size)} (${formatGrouped(size)} bytes): a copy holds at most ${formatGrouped(COPY_LIMIT)} bytes, and part of it would pass for the whole.`,
    { hint: 'Save it to a file instead.' },
  )
}

/** All bytes of a key, a value, or a header's name or value, of which the record's answer had only the beginning. */
export async function wholePart(
  api: Pick<StoreApiPort, 'call'>,
  { connectionId, topic, partition, offset }: RecordAt,
  part: Part | HeaderPart,
  known: Uint8Array,
  size: number,
  signal?: AbortSignal,
  header?: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(size)
  whole.set(known)
  for (let at = known.length; at < size;) {
    const place = { connectionId, topic, partition, offset, part, ...(header === undefined ? {} : { header }) }
    const input = { ...place, from: at, length: Math.min(SLICE, size - at) }
    const { bytes } = await api.call('messages.payload', input, signal === undefined ? {} : { signal })
    if (bytes.length === 0) throw new SeeklineError('records.hole', `The ${part} is shorter than it was said to be.`)
    whole.set(bytes, at)
    at += bytes.length
  }
  return whole
}

/** The record with its complete key and value; refused if they exceed `limit`. */
export async function wholeRecord(
  api: Pick<StoreApiPort, 'call'>,
  at: RecordAt,
  limit: number = COPY_LIMIT,
  signal?: AbortSignal,
): Promise<FullRecord> {
  const options = signal === undefined ? {} : { signal }
  const record = await api.call('messages.record', { ...at }, options)
  if (record.kind !== 'record') {
    throw new SeeklineError(
      'records.hole',
      `There is no record at ${at.topic} / ${at.partition} / ${at.offset} any more.`,
    )
  }
  const { key, value, keySize, valueSize } = record
  const size = Math.max(0, keySize) + Math.max(0, valueSize)
  if (size > limit) throw tooLargeToHold('Its key and value are', size)
  return {
    ...record,
    headers: await wholeHeaders(api, at, record, options),
    key: key === null ? null : await wholePart(api, at, 'key', key, keySize, signal),
    value: value === null ? null : await wholePart(api, at, 'value', value, valueSize, signal),
  }
}

/** All headers, page by page, each complete: refused if they exceed what a copy holds. */
export async function wholeHeaders(
  api: Pick<StoreApiPort, 'call'>,
  at: RecordAt,
  { headers: first, headerCount, headersProblem }: FullRecord,
  options: { signal?: AbortSignal } = {},
): Promise<HeaderValue[]> {
  if (headersProblem !== null)
    throw new SeeklineError('records.hole', `Not all headers can be read: ${headersProblem}.`)
  const all: HeaderValue[] = []
  let size = 0
  const take = async (some: readonly HeaderValue[]): Promise<void> => {
    for (const header of some) {
      const nameSize = header.nameSize ?? header.name.length
      size += nameSize + Math.max(0, header.size)
      if (size > COPY_LIMIT) throw tooLargeToHold('The headers read so far are', size)
      const part = (which: HeaderPart, known: Uint8Array, whole: number) =>
        wholePart(api, at, which, known, whole, options.signal, all.length)
      const name = await part('header-name', header.name, nameSize)
      const value = header.value === null ? null : await part('header-value', header.value, header.size)
      all.push({ name, value, size: header.size, nameAs: header.nameAs, valueAs: header.valueAs })
    }
  }
  await take(first)
  while (all.length < headerCount) {
    const { headers } = await api.call('messages.headers', { ...at, from: all.length }, options)
    if (headers.length === 0) throw new SeeklineError('records.hole', 'There are fewer headers than the record says.')
    await take(headers)
  }
  return all
}
