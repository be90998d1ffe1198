import type { ConnectionId } from '#shared/model/ids.ts'
import type { PlainInput, RecordInput } from '#shared/model/produce.ts'
import type { TestApp } from './app.ts'

export interface WantedRecord {
  topic: string
  partition: number
  key: Uint8Array | null
  value: Uint8Array | null
  headers?: { name: Uint8Array; value: Uint8Array | null }[]
  /** Left out: the time when it is written. */
  timestamp?: bigint
}

/** Writes one record by plan and apply; returns the offset in its receipt. */
export async function produceOne(
  app: TestApp,
  connectionId: ConnectionId,
  { topic, key, value, headers = [], ...where }: WantedRecord,
): Promise<bigint | null | undefined> {
  const record: RecordInput = {
    timestamp: null,
    ...where,
    key: input(key),
    value: input(value),
    headers: headers.map((one) => ({ name: input(one.name)!, value: input(one.value) })),
  }
  const source = { kind: 'records' as const, records: [record], rate: null }
  const plan = await app.call('produce.plan', { connectionId, topic, source })
  const { places } = await app.openStream('produce.apply', { connectionId, source, plan })
  return places[0]?.first
}

const input = (bytes: Uint8Array | null): Extract<PlainInput, { as: 'bytes' }> | null =>
  bytes === null ? null : { as: 'bytes', bytes: bytes as Uint8Array<ArrayBuffer> }
