import { describe, expect, it, vi } from 'vitest'
import { settled, until } from '../../../tests/support/wait-for.ts'
import type { NextForGroup } from '#shared/contract/offsets.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import type { DiffRow } from './diff-rows.ts'
import { createNextStore, nextKey } from './next-store.ts'
import { nextWords } from './next-words.ts'

const utf8 = { encoding: 'UTF-8', form: 'text' as const, attempts: [] }
const bytesAs = { encoding: 'bytes', form: 'bytes' as const, attempts: [] }
const position = (offset: bigint) => ({ offset, metadata: '', leaderEpoch: -1 })
const row = (partition: number, before: bigint | null, after: bigint | null): DiffRow => ({
  topic: 'orders',
  partition,
  before: before === null ? null : position(before),
  after: after === null ? null : position(after),
  bounds: null,
  status: 'change',
  clampedFrom: null,
  skips: 0n,
  repeats: 0n,
  note: null,
})
const record = (part: Partial<Extract<NextForGroup, { kind: 'record' }>> = {}): NextForGroup => ({
  kind: 'record',
  offset: 7n,
  timestamp: 1_764_000_000_000n,
  timestampType: 'CreateTime',
  key: new TextEncoder().encode('order-1'),
  keyAs: utf8,
  isKeyCut: false,
  keySize: 7,
  valueSize: 120,
  open: false,
  hole: null,
  ...part,
})
type Asked = { positions: { topic: string; partition: number; offset: bigint }[] }
const id = 'demo' as ConnectionId

function storeWith(answer: (asked: Asked) => unknown) {
  const calls: Asked[] = []
  const call = vi.fn<(route: string, input: Asked) => Promise<unknown>>(async (_, input) => {
    calls.push(input)
    return answer(input)
  })
  return { store: createNextStore({ call } as unknown as StoreApiPort, id, 0), calls }
}
const all = ({ positions }: Asked) => ({ items: positions.map((at) => ({ ...at, next: record() })) })

describe('the next records of a plan', () => {
  it('asks once for both sides of the rows in view, and not for what stands nowhere', async () => {
    const { store, calls } = storeWith(all)
    store.want([row(0, 10n, 4n), row(1, null, 3n), row(2, 5n, 5n), row(3, -1n, null)])
    await until('all four are found', () => store.getState().found.size === 4)
    store.want([row(0, 10n, 4n)])
    await settled()
    expect(calls.map(({ positions }) => positions.map((at) => `${at.partition}:${at.offset}`))).toEqual([
      ['0:10', '0:4', '1:3', '2:5'],
    ])
  })

  it('asks for four hundred at a time, until all in view are known', async () => {
    const { store, calls } = storeWith(all)
    store.want(Array.from({ length: 300 }, (_, i) => row(i, 10n, 4n)))
    await until('all are found', () => store.getState().found.size === 600)
    expect(calls.map(({ positions }) => positions.length)).toEqual([400, 200])
  })

  it('keeps records through a new plan, and asks again for what may have changed', async () => {
    let isFirst = true
    const { store, calls } = storeWith(({ positions }) => ({
      items: positions.map((at) => ({
        ...at,
        next:
          at.partition === 0 || !isFirst
            ? record()
            : { kind: 'none', why: 'at-end', message: 'At the end.', hole: null },
      })),
    }))
    store.want([row(0, 1n, 2n), row(1, 1n, 2n)])
    await until('all four are found', () => store.getState().found.size === 4)
    isFirst = false
    store.refresh()
    await until('it asks again', () => calls.length === 2)
    expect(calls[1]?.positions.map((at) => at.partition)).toEqual([1, 1])
  })

  it('says of a call that failed that nothing is known, and why', async () => {
    const { store } = storeWith(() => {
      throw new SeeklineError('kafka.unauthorised', 'No right to read orders.')
    })
    store.want([row(0, 1n, 2n)])
    await until('both are found', () => store.getState().found.size === 2)
    const next = store.getState().found.get(nextKey({ topic: 'orders', partition: 0, offset: 1n }))!
    expect(nextWords(next, 'UTC')).toMatchObject({ short: 'no right to read', tone: 'warn' })
  })
})

describe('a next record in words', () => {
  it('is its key and its time; the sentence has the rest', () => {
    const { short, time, full, tone } = nextWords(record(), 'UTC')
    expect([short, tone]).toEqual(['order-1', 'record'])
    expect(time).toMatch(/^24 Nov (2025 )?16:00:00$/)
    expect(full).toContain('offset 7, key order-1, 2025-11-24 16:00:00')
  })

  it('tells null, empty, cut and binary keys apart', () => {
    const short = (key: Uint8Array<ArrayBuffer> | null, keySize: number) =>
      nextWords(
        record({ key, keySize, keyAs: key?.[0] === 0xff ? bytesAs : utf8, isKeyCut: keySize > (key?.length ?? 0) }),
        'UTC',
      ).short
    expect(short(null, -1)).toBe('no key')
    expect(short(new Uint8Array(), 0)).toBe('empty key')
    expect(short(new TextEncoder().encode('abc'), 400)).toBe('abc…')
    expect(short(Uint8Array.of(0xff, 0x00), 2)).toBe('ff 00')
  })

  it('marks a record of an open transaction, and says why there is none', () => {
    expect(nextWords(record({ open: true }), 'UTC')).toMatchObject({ tone: 'warn' })
    const none: NextForGroup = { kind: 'none', why: 'at-end', message: 'The position is at the end.', hole: null }
    expect(nextWords(none, 'UTC')).toMatchObject({ short: 'the next to arrive', full: 'The position is at the end.' })
  })
})
