import type { Decoded } from '#shared/model/decoded.ts'
import type { LogBounds } from '#shared/model/log-bounds.ts'
import type { DecodedAt } from '../decode/decoder.ts'
import type { DecodedOffset } from '../records/one-record.ts'
import { cancelledError } from '../cancellation.ts'
import type { DecodePool } from '../workers/pool.ts'
import type { Patience } from '../workers/tasks.ts'
import type { FetchLoop } from './fetch-loop.ts'
import { ownedBuffer } from './owned-buffer.ts'
import { undecodable } from './read-errors.ts'

export interface OffsetContent {
  decoded: DecodedOffset
  /** The decoded key and value of the record; null if it has none. */
  key: Decoded | null
  value: Decoded | null
  bounds: LogBounds
  topicId: string | null
}

const nothing = { key: null, value: null }

/** The record at an offset, or why there is none, found by a fetch loop that starts there. */
export async function findOne(
  loop: FetchLoop,
  pool: DecodePool,
  at: DecodedAt,
  offset: bigint,
  { patience, signal }: { patience: Patience | undefined; signal: AbortSignal | undefined },
): Promise<OffsetContent> {
  for (let event = await loop.next(); event !== null; event = await loop.next()) {
    if (event.kind === 'failed') throw event.error
    if (event.kind === 'gap') {
      const decoded = { kind: 'missing', offset, nextOffset: event.next, batch: null } as const
      return { decoded, ...nothing, bounds: { logStart: 0n, lastStable: 0n, highWatermark: 0n }, topicId: loop.topicId }
    }
    if (event.kind === 'end') {
      const decoded = { kind: 'not-here', nextOffset: event.next } as const
      return { decoded, ...nothing, bounds: event.bounds, topicId: loop.topicId }
    }
    if (event.kind !== 'data') continue
    const part = event.parts[0]! // the loop reads one partition, so each event has one part
    const buffer = ownedBuffer(event.parts)
    const { decoded, key, value } = await pool
      .run(
        {
          kind: 'one',
          buffer,
          offset: part.records.byteOffset,
          length: part.records.byteLength,
          at: offset,
          options: {
            abortedTransactions: part.aborted,
            logEnd: part.next,
            decodedAt: at,
            ...(patience === undefined ? {} : { patience }),
          },
        },
        signal,
      )
      .catch((error: unknown) => {
        throw undecodable(at.topic, part, error)
      })
    loop.release(event.bytes)
    if (decoded.kind !== 'not-here') return { decoded, key, value, bounds: part.bounds, topicId: loop.topicId }
  }
  throw cancelledError()
}
