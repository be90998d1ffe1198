import { describe, expect, it } from 'vitest'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../../api/client.ts'
import { checkRecord, createRecordStore } from './record-store.ts'

const id = 'a' as ConnectionId
const at = { connectionId: id, topic: 'orders', partition: 2, offset: 7n }
const text = (value: string) => new TextEncoder().encode(value)

const utf8 = { encoding: 'UTF-8', form: 'text', attempts: [], written: null, isCut: false, value: null }

const record = (change: object = {}) => ({
  kind: 'record',
  timestamp: 1000n,
  keySize: 1,
  valueSize: 5,
  key: text('k'),
  value: text('hello'),
  keyAs: utf8,
  valueAs: utf8,
  headers: [
    { name: text('a'), nameAs: utf8, value: text('1'), valueAs: utf8, size: 1 },
    { name: text('a'), nameAs: utf8, value: null, valueAs: null, size: -1 },
    { name: text(''), nameAs: utf8, value: text(''), valueAs: utf8, size: 0 },
  ],
  ...change,
})

function fake(answers: Record<string, (input: Record<string, unknown>) => unknown>): Api {
  return {
    call: (route: string, input: unknown) =>
      new Promise((resolve) => resolve(answers[route]!(input as Record<string, unknown>))),
  } as unknown as Api
}

describe('editing a record', () => {
  it('produces an untouched record byte for byte: duplicate, null and empty headers in order', async () => {
    let planned: unknown
    let sent: unknown
    const plan = { refusal: null, summary: 'One record.' }
    const store = createRecordStore(
      fake({
        'messages.record': () => record(),
        'replay.planProduce': (input) => ((planned = input), plan),
        'replay.produce': (input) => ((sent = input), { topic: 'orders', partition: 2, offset: 99n, timestamp: 1000n }),
      }),
    )
    await store.open(at)
    // Nothing goes out that no plan has shown.
    await store.produce('orders-prod')
    expect(sent).toBeUndefined()
    await store.makePlan()
    await store.produce('orders-prod')
    const asked = {
      topic: 'orders',
      partition: 2,
      key: text('k'),
      value: text('hello'),
      headers: [
        { name: text('a'), value: text('1') },
        { name: text('a'), value: null },
        { name: text(''), value: text('') },
      ],
      timestamp: 1000n,
    }
    expect(planned).toEqual({ connectionId: id, ...asked })
    expect(sent).toEqual({ connectionId: id, record: asked, plan, confirm: 'orders-prod' })
    expect(store.getState().produced).toMatchObject({ partition: 2, offset: 99n })
    store.change({ value: { kind: 'null' } })
    expect(store.getState()).toMatchObject({ produced: undefined, plan: { status: 'idle' } })
  })

  it('loads a large value in slices', async () => {
    const whole = new Uint8Array(2_500_000).fill(7)
    const asked: unknown[] = []
    const store = createRecordStore(
      fake({
        'messages.record': () => record({ value: whole.subarray(0, 1_048_576), valueSize: whole.length }),
        'messages.payload': ({ from, length }) => {
          asked.push([from, length])
          return { bytes: whole.subarray(Number(from), Number(from) + Number(length)), size: whole.length }
        },
      }),
    )
    await store.open(at)
    expect(asked).toEqual([
      [1_048_576, 1_048_576],
      [2_097_152, 402_848],
    ])
    const { draft } = store.getState()
    const checked = checkRecord(draft!)
    expect(checked.ok && checked.value).toEqual(whole)
  })

  it('says what stands at an offset without a record, and keeps the draft when the broker refuses', async () => {
    const holes = createRecordStore(fake({ 'messages.record': () => ({ kind: 'hole', next: 9n }) }))
    await holes.open(at)
    expect(holes.getState()).toMatchObject({ status: 'hole', hole: { next: 9n } })
    const refuse = () => {
      throw new SeeklineError('access.read-only', 'no')
    }
    const store = createRecordStore(
      fake({
        'messages.record': () => record(),
        'replay.planProduce': () => ({ refusal: null }),
        'replay.produce': refuse,
      }),
    )
    await store.open(at)
    await store.makePlan()
    await store.produce()
    expect(store.getState()).toMatchObject({
      produceError: { code: 'access.read-only' },
      isProducing: false,
      status: 'ready',
    })
  })

  it('does not send a header of which it has only the beginning, nor what is mistyped', async () => {
    const cut = [{ name: text('big'), nameAs: utf8, value: text('x'), valueAs: utf8, size: 70_000 }]
    const store = createRecordStore(fake({ 'messages.record': () => record({ headers: cut }) }))
    await store.open(at)
    store.change({ partition: 'two' })
    const checked = checkRecord(store.getState().draft!)
    expect(checked.ok ? [] : Object.values(checked.errors)).toHaveLength(2)
  })

  it('loads all pages of headers, and does not send a record with more of them than it can load', async () => {
    const headers = (count: number) =>
      Array.from({ length: count }, () => ({ name: text('h'), nameAs: utf8, value: null, valueAs: null, size: -1 }))
    const paged = (headerCount: number) =>
      createRecordStore(
        fake({
          'messages.record': () => record({ headers: headers(1_000), headerCount }),
          'messages.headers': ({ from }) => ({ headers: headers(1_000), headerCount, next: Number(from) + 1_000 < headerCount ? Number(from) + 1_000 : null }), // prettier-ignore
        }),
      )
    const some = paged(3_000)
    await some.open(at)
    expect(checkRecord(some.getState().draft!)).toMatchObject({ ok: true, headers: { length: 3_000 } })
    const many = paged(2_000_000)
    await many.open(at)
    expect(checkRecord(many.getState().draft!)).toMatchObject({
      ok: false,
      errors: { headers: expect.stringContaining('1999000 more headers') },
    })
  })

  it('moves headers, and knows no place past the ends', async () => {
    const store = createRecordStore(fake({ 'messages.record': () => record() }))
    await store.open(at)
    const [first, second] = store.getState().draft!.headers
    store.moveHeader(first!.id, -1)
    store.moveHeader(first!.id, 1)
    expect(
      store
        .getState()
        .draft!.headers.map((header) => header.id)
        .slice(0, 2),
    ).toEqual([second!.id, first!.id])
  })

  it('writes a record from nothing: no key, no timestamp of its own, and nothing read before', async () => {
    const calls: [string, Record<string, unknown>][] = []
    const plan = { refusal: null }
    const store = createRecordStore(
      fake({
        'replay.planProduce': () => plan,
        'replay.produce': (input) => {
          calls.push(['replay.produce', input])
          return { topic: 'empty', partition: 0, offset: 0n, timestamp: 5n }
        },
      }),
    )
    store.compose({ target: id, targetTopic: 'empty' })
    store.change({ value: { kind: 'typed', mode: 'text', text: 'first' } })
    // Coming back to the same topic takes nothing away.
    store.compose({ target: id, targetTopic: 'empty' })
    await store.makePlan()
    await store.produce()
    const written = { topic: 'empty', partition: null, key: null, value: text('first'), headers: [], timestamp: null }
    expect(calls).toEqual([['replay.produce', { connectionId: id, record: written, plan }]])
    expect(store.getState().produced).toMatchObject({ topic: 'empty', partition: 0, offset: 0n })
    store.revert()
    expect(store.getState().draft?.value).toEqual({ kind: 'typed', mode: 'text', text: '' })
    store.compose({ target: id, targetTopic: 'other' })
    expect(store.getState()).toMatchObject({ produced: undefined, draft: { targetTopic: 'other' } })
  })
})
