import { describe, expect, it, vi } from 'vitest'
import { SeeklineError } from '#shared/errors.ts'
import type { SchemaAnswer } from '../decode/worker-schemas.ts'
import { Asks, type ResolveSchema } from './schema-asks.ts'
import type { Kept } from './tasks.ts'

const ask = (id: number, connection = 'c') => ({ connection, id: { by: 'id', id } as const })
const schema = (text = '"long"'): SchemaAnswer => ({ schema: { type: 'avro', text, references: [] }, subject: null, version: null }) // oxfmt-ignore

/** What workers hold, and who was asked. */
function setUp(resolve: ResolveSchema) {
  const held = new Map<number, Kept>()
  const told: Kept[] = []
  let ref = 0
  const asked = vi.fn<ResolveSchema>(resolve)
  const asks = new Asks(asked, (kept) => {
    held.set((ref += 1), kept)
    told.push(kept)
    const own = ref
    return { ref: own, release: () => void held.delete(own) }
  })
  const ids = () => [...held.values()].map((one) => (one.kind === 'schema' && one.id.by === 'id' ? one.id.id : null))
  return { asks, asked, held, told, ids }
}

/** Lets promises that have nothing to wait for settle. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('what workers ask for', () => {
  it('is asked for once, however many lack it, and given to all to keep', async () => {
    const { asks, asked, held } = setUp(async () => schema())
    for (let n = 0; n < 5; n += 1) asks.ask(ask(41))
    await settled()
    asks.ask(ask(41))
    await settled()
    expect(asked).toHaveBeenCalledTimes(1)
    expect([...held.values()]).toEqual([{ kind: 'schema', connection: 'c', id: { by: 'id', id: 41 }, answer: schema() }]) // oxfmt-ignore
  })

  it('is asked for again after a failure only when that has held for its time', async () => {
    const { asks, asked, held } = setUp(async () => ({ reason: 'it is not there', holdsMs: 0 }))
    asks.ask(ask(41))
    await settled()
    expect([...held.values()]).toMatchObject([{ answer: { reason: 'it is not there' } }])
    asks.ask(ask(41))
    await settled()
    expect(asked).toHaveBeenCalledTimes(2)
    expect(held.size).toBe(1)
  })

  it('is asked for again once a schema that may change has held for its time', async () => {
    let version = 0
    const { asks, asked, held } = setUp(async () => ({ ...schema(`text ${(version += 1)}`), holdsMs: version === 1 ? 0 : 30_000 })) // oxfmt-ignore
    for (let n = 0; n < 3; n += 1) {
      asks.ask(ask(41))
      await settled()
    }
    expect(asked).toHaveBeenCalledTimes(2)
    expect([...held.values()]).toMatchObject([{ answer: { schema: { text: 'text 2' }, holdsMs: 30_000 } }])
  })

  it('is answered by a reason that holds for half a minute where asking fails as a whole', async () => {
    const { asks, asked, held } = setUp(() => Promise.reject(new SeeklineError('internal', 'It is down.')))
    asks.ask(ask(41))
    await settled()
    asks.ask(ask(41))
    await settled()
    expect(asked).toHaveBeenCalledTimes(1)
    expect([...held.values()]).toMatchObject([{ answer: { reason: 'It is down.', holdsMs: 30_000 } }])
  })

  it('waits for its turn behind 16 others, and is refused behind many', async () => {
    const open: (() => void)[] = []
    const { asks, asked, ids } = setUp(() => new Promise((resolve) => open.push(() => resolve(schema()))))
    for (let id = 1; id <= 517; id += 1) asks.ask(ask(id))
    expect(asked).toHaveBeenCalledTimes(16)
    expect(ids()).toEqual([517])
    open[0]!()
    await settled()
    expect(asked).toHaveBeenCalledTimes(17)
  })

  it('is let go when there is too much of it: first what was not used for longest', async () => {
    const { asks, held, ids } = setUp(async (_, id) => (id.by === 'id' && id.id > 500 ? schema('x'.repeat(33 << 20)) : schema())) // oxfmt-ignore
    for (let id = 1; id <= 500; id += 1) asks.ask(ask(id))
    for (let n = 0; n < 40; n += 1) await settled()
    expect(held.size).toBe(500)
    asks.used([[...held.keys()][0]!])
    asks.ask(ask(501))
    await settled()
    expect(held.size).toBe(500)
    expect(ids()).toContain(1)
    expect(ids()).not.toContain(2)
    asks.ask(ask(502))
    await settled()
    // The texts of both together are too much.
    expect(ids()).toEqual([502])
  })

  it('is let go with its connection, and what comes of it later is nobody’s', async () => {
    let came = (): void => undefined
    const signals: AbortSignal[] = []
    const { asks, held, told } = setUp(async (connection, _, signal) => {
      signals.push(signal)
      if (connection === 'slow') await new Promise<void>((resolve) => (came = resolve))
      return schema()
    })
    asks.ask(ask(1))
    asks.ask(ask(2, 'slow'))
    await settled()
    asks.forget('c')
    asks.forget('slow')
    expect(signals[1]?.aborted).toBe(true)
    // Who still lacks it is told that nothing comes, asks anew, and that is another question.
    expect(told.at(-1)).toMatchObject({ id: { id: 2 }, answer: { holdsMs: 0 } })
    const late = came
    asks.ask(ask(2, 'slow'))
    late()
    came()
    await settled()
    expect([signals.length, held.size]).toEqual([3, 1])
  })
})
