import { hexText, utf8Text, wholeCharacters } from '#shared/bytes.ts'
import type { FullRecord } from '#shared/contract/messages.ts'
import { isReadable } from '#shared/model/decoded.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newLedger, rangesLeft, type ScanLedger } from '#shared/model/ledger.ts'
import { rowAt } from '#shared/model/rows.ts'
import { RecordFilter } from '#shared/filters/filter.ts'
import type { StoreApiPort } from '../../stores/api.ts'

/** How far back is searched, in offsets; a partition may hold billions. */
export const MOST_LOOKED = 1_000_000n
/** The nearest first: many keys are updated often. */
const WINDOWS = [10_000n, 90_000n, 300_000n, 600_000n]
/** How much of a key the search uses; the rest is compared afterwards. */
const MOST_SEARCHED = 200

export interface Previous {
  /** null: there is none in the range that was searched. */
  readonly offset: bigint | null
  /** Where the search ended, and whether that is the start of the log. */
  readonly lookedTo: bigint
  readonly isAll: boolean
}

/**
 * The previous record with the same key in the same partition, which is where producers put records of one key. The workers'
 * text filter searches for it in ranges that go back in time; whether a record has exactly this key is decided by its bytes.
 */
export async function findPrevious(
  api: Pick<StoreApiPort, 'openStream' | 'call'>,
  connectionId: ConnectionId,
  record: FullRecord,
  logStart: bigint,
  options: { signal: AbortSignal; onLooked: (offset: bigint) => void },
): Promise<Previous> {
  const { topic, topicId, clusterId, partition, offset } = record
  let to = offset
  const end = offset - logStart > MOST_LOOKED ? offset - MOST_LOOKED : logStart
  for (let window = 0; to > end; window += 1) {
    const size = WINDOWS[Math.min(window, WINDOWS.length - 1)]! // Math.min keeps the index within the list
    const from = to - size > end ? to - size : end
    for (let until = to; ;) {
      const ledger = newLedger({ clusterId, topic, topicId }, [{ partition, from, to: until }])
      const found = await lastWithKey(api, connectionId, record, ledger, options.signal)
      if (found === null) break
      const other = await api.call('messages.record', { connectionId, topic, partition, offset: found }, options)
      if (other.kind === 'record' && isSameKey(other, record)) return { offset: found, lookedTo: found, isAll: false }
      until = found
      if (until <= from) break
    }
    to = from
    options.onLooked(to)
  }
  return { offset: null, lookedTo: to, isAll: end === logStart }
}

async function lastWithKey(
  api: Pick<StoreApiPort, 'openStream'>,
  connectionId: ConnectionId,
  record: FullRecord,
  whole: ScanLedger,
  signal: AbortSignal,
): Promise<bigint | null> {
  let last: bigint | null = null
  const key = writtenKey(record)
  for (let ledger = whole; rangesLeft(ledger).length > 0;) {
    const done = await api.openStream(
      'messages.scan',
      {
        connectionId,
        ledger,
        filter: filterFor(record),
        show: { aborted: true, open: true },
        previews: 'short',
        most: {},
      },
      {
        signal,
        onBatch: ({ rows }) => {
          for (let i = 0; i < rows.count; i += 1) {
            const row = rowAt(rows, i)
            if (row.keySize === record.keySize && row.key !== null && startsWith(key, row.key)) last = row.offset
          }
        },
      },
    )
    if (done.failures[0] !== undefined) throw done.failures[0].error
    if (done.reason !== 'limit') break
    ledger = done.ledger
  }
  return last
}

/** null: the key is too short to search for. */
function filterFor(record: FullRecord): RecordFilter | null {
  const written = writtenKey(record)
  const text =
    record.keyAs !== null && isReadable(record.keyAs.form)
      ? utf8Text(wholeCharacters(written.subarray(0, MOST_SEARCHED)))
      : hexText(written.subarray(0, MOST_SEARCHED))
  return text === null || text.length < 3
    ? null
    : RecordFilter.parse({ kind: 'text', text, matchCase: true, in: ['key'] })
}

const writtenKey = ({ key, keyAs }: FullRecord): Uint8Array => keyAs?.written ?? key ?? new Uint8Array()

function startsWith(whole: Uint8Array, beginning: Uint8Array): boolean {
  return beginning.length <= whole.length && beginning.every((byte, at) => byte === whole[at])
}

/** Compares only as much of the key as records are shown with: 64 KiB. */
function isSameKey(a: FullRecord, b: FullRecord): boolean {
  return (
    a.keySize === b.keySize &&
    a.key !== null &&
    b.key !== null &&
    startsWith(a.key, b.key) &&
    a.key.length === b.key.length
  )
}
