import { describe, expect, it } from 'vitest'
import { bytesOfText } from '#shared/bytes.ts'
import type { FullRecord } from '#shared/contract/messages.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { ScanLedger } from '#shared/model/ledger.ts'
import { findPrevious, MOST_LOOKED } from './previous-of-key.ts'

const connectionId = 'c' as ConnectionId
const as = { encoding: 'UTF-8', form: 'text', attempts: [], written: null, isCut: false, value: null } as const
const at = (offset: bigint, key: Uint8Array) => ({ kind: 'record', topic: 't', topicId: null, clusterId: null, partition: 0, offset, key, keySize: key.length, keyAs: as }) as unknown as FullRecord // oxfmt-ignore

/** A log of keys by offset, as the two routes tell of it; previews hold four bytes. */
function log(keys: ReadonlyMap<bigint, string>) {
  const scanned: [bigint, bigint][] = []
  const filters: unknown[] = []
  const api = {
    openStream: (_: string, { ledger, filter }: { ledger: ScanLedger; filter: { text: string } | null }, { onBatch }: { onBatch: (batch: unknown) => void }) => {
      const { from, to } = ledger.parts[0]!
      scanned.push([from, to])
      filters.push(filter)
      for (const [offset, key] of [...keys].toSorted(([a], [b]) => Number(a - b))) {
        if (offset < from || offset >= to || (filter !== null && !key.includes(filter.text))) continue
        const preview = bytesOfText(key).subarray(0, 4)
        onBatch({ rows: { count: 1, partition: [0], offset: [offset], timestamp: [0n], flags: [0], keySize: [key.length], valueSize: [-1], headerCount: [0], preview, ends: [preview.length, preview.length], decodedAs: [0], decodings: [as] } }) // oxfmt-ignore
      }
      return Promise.resolve({ reason: 'end', ledger: { ...ledger, parts: [] }, failures: [] })
    },
    call: (_: string, { offset }: { offset: bigint }) => Promise.resolve(at(offset, bytesOfText(keys.get(offset)!))),
  } // oxfmt-ignore
  const find = async (offset: bigint, key: string, logStart = 0n) =>
    findPrevious(api as never, connectionId, at(offset, bytesOfText(key)), logStart, { signal: new AbortController().signal, onLooked: () => undefined }) // oxfmt-ignore
  return { find, scanned, filters }
}

describe('the record before with the same key', () => {
  it('is the nearest, and the very key: not one that begins like it or holds it', async () => {
    const { find } = log(new Map([[10n, 'order-1'], [20n, 'order-2'], [30n, 'order-11'], [40n, 'my-order-1'], [50n, 'order-2']])) // oxfmt-ignore
    expect(await find(60n, 'order-1')).toEqual({ offset: 10n, lookedTo: 10n, isAll: false })
    expect(await find(60n, 'order-2')).toMatchObject({ offset: 50n })
    expect(await find(50n, 'order-2')).toMatchObject({ offset: 20n })
  })

  it('is looked for in windows that lead back, as far as the log goes', async () => {
    const { find, scanned } = log(new Map([[5n, 'a-key']]))
    expect(await find(50_000n, 'a-key')).toMatchObject({ offset: 5n })
    expect(scanned).toEqual([[40_000n, 50_000n], [0n, 40_000n]]) // oxfmt-ignore
    expect(await find(5n, 'a-key')).toEqual({ offset: null, lookedTo: 0n, isAll: true })
  })

  it('is given up after a million offsets, and says so', async () => {
    const { find, scanned } = log(new Map([[5n, 'a-key']]))
    expect(await find(9_000_000n, 'a-key')).toEqual({ offset: null, lookedTo: 9_000_000n - MOST_LOOKED, isAll: false })
    expect(scanned).toHaveLength(4)
  })

  it('is found for a key of one letter as well, which no text says enough of', async () => {
    const { find, filters } = log(new Map([[1n, 'b'], [2n, 'a'], [3n, 'b']])) // oxfmt-ignore
    expect(await find(4n, 'a')).toMatchObject({ offset: 2n })
    expect(filters).toEqual([null])
  })
})
