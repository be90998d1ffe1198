import { describe, expect, it } from 'vitest'
import type { StepEvent, StepPartition, TakenRecord } from '#shared/contract/stepping.ts'
import { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { after, createSteppingStore, firstForm, standingOf, topicsOf, type SessionState } from './stepping-store.ts'

const nothing = createSteppingStore({} as StoreApiPort, ConnectionId.parse('c'), firstForm).session.getState()
const told = (...events: StepEvent[]): SessionState => events.reduce(after, nothing)

const at = (part: Partial<StepPartition> = {}): StepPartition => ({
  topic: 't',
  partition: 0,
  started: 0n,
  by: 'position',
  committed: 0n,
  next: 0n,
  logStart: 0n,
  lastStable: 10n,
  highWatermark: 10n,
  error: null,
  ...part,
})
const partitions = (now: StepPartition[], gone: { topic: string; partition: number }[] = []): StepEvent => ({
  kind: 'partitions',
  now,
  gone,
})
const record = (offset: bigint): TakenRecord => ({
  topic: 't',
  partition: 0,
  record: {
    kind: 'record',
    offset,
    timestamp: 1n,
    timestampType: 'CreateTime',
    key: null,
    keyAs: null,
    isKeyCut: false,
    keySize: -1,
    valueSize: 1,
    open: false,
    hole: null,
  },
})

describe('a session as it is told', () => {
  it('keeps partitions as they were told last, and none that is gone', () => {
    const state = told(partitions([at(), at({ partition: 1 })]), partitions([at({ next: 3n })], [{ topic: 't', partition: 1 }])) // prettier-ignore
    expect([...state.partitions.values()]).toEqual([at({ next: 3n })])
  })

  it('has the record that was taken last in hand, and says what has become of each', () => {
    const state = told(
      partitions([at({ next: 3n, committed: 1n })]),
      { kind: 'taken', records: [record(0n), record(1n)] },
      { kind: 'taken', records: [record(2n)] },
    )
    expect(state.taken.map(({ id }) => id)).toEqual([1, 2, 3])
    expect(state.chosen).toBe(3)
    expect(state.taken.map((one) => standingOf(one, state))).toEqual(['committed', 'taken', 'taken'])
    const back = after(state, partitions([at({ next: 1n, committed: 1n })]))
    expect(back.taken.map((one) => standingOf(one, back))).toEqual(['committed', 'given back', 'given back'])
    const lost = after(state, partitions([], [{ topic: 't', partition: 0 }]))
    expect(lost.taken.map((one) => standingOf(one, lost))).toEqual(['not ours', 'not ours', 'not ours'])
  })

  it('holds no more than anybody looks at', () => {
    const many = Array.from({ length: 1_500 }, (_, i) => record(BigInt(i)))
    const state = told({ kind: 'taken', records: many }, ...many.map((_, i): StepEvent => ({ kind: 'note', at: BigInt(i), tone: 'info', text: 'x' }))) // prettier-ignore
    expect([state.taken.length, state.taken.at(-1)?.record.offset, state.notes.length]).toEqual([1_000, 1_499n, 500])
  })
})

it('reads topics between commas, each once', () => {
  expect(topicsOf({ ...firstForm, topics: ' orders, payments ,orders,' })).toEqual(['orders', 'payments'])
})
