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
    const state = told(partitions([at(), at({ partition: 1 })]), partitions([at({ next: 3n })], [{ topic: 't', partition: 1 }])) // oxfmt-ignore
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
    const state = told({ kind: 'taken', records: many }, ...many.map((_, i): StepEvent => ({ kind: 'note', at: BigInt(i), tone: 'info', text: 'x' }))) // oxfmt-ignore
    expect([state.taken.length, state.taken.at(-1)?.record.offset, state.notes.length]).toEqual([1_000, 1_499n, 500])
  })
})

it('says what the newest step came to, though the answer of an older one comes after it; a failure is said in any case', async () => {
  const answers: PromiseWithResolvers<{ summary: string }>[] = []
  let tell: ((events: StepEvent[]) => void) | undefined
  const store = createSteppingStore(
    {
      call: (route: string) => {
        if (route === 'stepping.plan') return Promise.resolve({ refusal: null })
        answers.push(Promise.withResolvers())
        return answers.at(-1)?.promise
      },
      openStream: (_route: string, _input: unknown, on: { onBatch: typeof tell }) => {
        tell = on.onBatch
        return new Promise(() => undefined)
      },
    } as unknown as StoreApiPort,
    ConnectionId.parse('c'),
    firstForm,
  )
  await store.change.planAgain()
  void store.change.apply()
  tell?.([{ kind: 'member', session: 's' } as StepEvent])
  const state = store.session.getState
  const [take, back] = [
    store.step({ do: 'take', count: 1 }),
    store.step({ do: 'nack', topic: 't', partition: 0, offset: 0n }),
  ]
  answers[1]?.resolve({ summary: 'Sought back to 0.' })
  await back
  answers[0]?.resolve({ summary: 'Took 1 record.' })
  await take
  expect(state()).toMatchObject({ said: 'Sought back to 0.', waiting: 0, stepError: undefined })
  const [commit, more] = [store.step({ do: 'commit' }), store.step({ do: 'take', count: 1 })]
  answers[3]?.resolve({ summary: 'Took 2 records.' })
  await more
  answers[2]?.reject(new Error('The coordinator moved.'))
  await commit
  expect(state()).toMatchObject({ said: 'Took 2 records.', stepError: { message: 'The coordinator moved.' } })
})

it('reads topics between commas, each once', () => {
  expect(topicsOf({ ...firstForm, topics: ' orders, payments ,orders,' })).toEqual(['orders', 'payments'])
})
