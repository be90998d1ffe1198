import { describe, expect, it } from 'vitest'
import { bytesOfText } from '#shared/bytes.ts'
import type { Decoding } from '#shared/model/decoded.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import { settled } from '../../../tests/support/wait-for.ts'
import { createOpenRecordStore } from '../../shared-views/record/record-store.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createRowBudget } from '../../workbench/row-budget.ts'
import { recordAgain, rowsAgain } from './decode-again.ts'
import { createMessagesStore } from './messages-store.ts'

const id = 'c' as ConnectionId
const here: Decoding = { encoding: 'Confluent Avro', form: 'json', attempts: [] }
const waiting: Decoding = { encoding: 'bytes', form: 'bytes', attempts: [{ encoding: 'Confluent', reason: 'waiting for schema 9' }], waits: true } // oxfmt-ignore
const aSchema = { isChosenAnew: false, schemas: 1 }
const aChoice = { isChosenAnew: true, schemas: 0 }

/** A row, and what its frame tells of decodings. */
function row(offset: number, ...decodings: Decoding[]): RowColumns {
  const preview = bytesOfText('{}')
  return {
    count: 1,
    partition: Int32Array.of(0),
    offset: BigInt64Array.of(BigInt(offset)),
    timestamp: BigInt64Array.of(0n),
    flags: Int32Array.of(1),
    keySize: Int32Array.of(-1),
    valueSize: Int32Array.of(preview.length),
    headerCount: Int32Array.of(0),
    preview,
    ends: Int32Array.of(0, preview.length),
    decodedAs: Int32Array.of(0),
    decodings,
    holes: [],
  }
}

/** An app that answers when the test says so. */
function played() {
  const streams: { route: string; send: (rows: RowColumns) => void; end: () => void }[] = []
  const records: ((as: Decoding, header?: Decoding) => void)[] = []
  const api = {
    openStream: (route: string, _: unknown, { onBatch }: { onBatch: (rows: RowColumns) => void }) =>
      new Promise((resolve) => {
        const end = () => resolve({ reason: 'limit', bounds: [], backward: [], forward: [{ partition: 0, offset: 5n }], failures: [], topicId: 'A' }) // oxfmt-ignore
        streams.push({ route, send: onBatch, end })
      }),
    call: () =>
      new Promise((resolve) => {
        records.push(
          (as, header) =>
          resolve({ kind: 'record', key: null, keyAs: null, value: new Uint8Array(0), valueAs: as, headers: header === undefined ? [] : [{ valueAs: header }] }), // oxfmt-ignore
        )
      }),
  } as unknown as Pick<StoreApiPort, 'call' | 'openStream'>
  const store = createMessagesStore({ api, rowBudget: createRowBudget() }, id, 'orders')
  const openStore = createOpenRecordStore(api, id, 'orders')
  const both = [rowsAgain(store), recordAgain(openStore)]
  const again: Omit<(typeof both)[0], 'mount'> = {
    onChange: (change) => both.forEach((one) => one.onChange(change)),
    setActive: (isActive) => both.forEach((one) => one.setActive(isActive)),
  }
  for (const one of both) one.mount()
  again.setActive(true)
  return { store, openStore, again, streams, records, last: () => streams.at(-1)! }
}

async function read({ store, last }: ReturnType<typeof played>, ...rows: RowColumns[]): Promise<void> {
  const reading = store.read()
  for (const one of rows) last().send(one)
  last().end()
  await reading
}

describe('rows that came before their schema', () => {
  it('are read again once it is here, whether the news of it comes after them or has overtaken them', async () => {
    const behind = played()
    await read(behind, row(1, waiting))
    behind.again.onChange(aSchema)
    expect(behind.streams).toHaveLength(2)

    const ahead = played()
    const reading = ahead.store.read()
    ahead.again.onChange(aSchema)
    ahead.last().send(row(1, waiting))
    expect(ahead.streams).toHaveLength(1)
    ahead.last().end()
    await reading
    expect(ahead.streams).toHaveLength(2)
    ahead.last().send(row(1, here))
    ahead.last().end()
    await settled()
    expect(ahead.streams).toHaveLength(2)
    expect(ahead.store.lines.waits).toBe(false)
  })

  it('are read again once for each news, however long another one takes', async () => {
    const app = played()
    await read(app, row(1, waiting))
    app.again.onChange(aSchema)
    app.last().send(row(1, waiting))
    app.last().end()
    await settled()
    app.store.refresh()
    expect(app.streams).toHaveLength(2)
    app.again.onChange(aSchema)
    expect(app.streams).toHaveLength(3)
  })

  it('are left as they are where none waits, of however many', async () => {
    const app = played()
    await read(app, row(1, here))
    app.again.onChange(aSchema)
    expect(app.streams).toHaveLength(1)
    // Told with the rows of a page behind: a column's header waits.
    const more = app.store.page('newer')
    app.last().send(row(5, here, waiting))
    app.last().end()
    await more
    expect(app.streams).toHaveLength(3)
  })

  it('are read again while a Follow goes on, which does not end', async () => {
    const app = played()
    await read(app, row(1, here))
    app.store.change({ from: 'log-start' })
    void app.store.tail()
    app.last().end()
    await settled()
    expect(app.last().route).toBe('messages.tail')
    const before = app.streams.length
    app.again.onChange(aSchema)
    app.last().send(row(5, waiting))
    await settled()
    expect(app.streams.length).toBe(before + 1)
    app.last().end()
    await settled()
    expect(app.last().route).toBe('messages.tail')
    // Whoever paused it looks at what is there.
    const follows = app.streams.length
    app.last().send(row(6, waiting))
    app.store.pause(true)
    app.again.onChange(aSchema)
    expect(app.streams).toHaveLength(follows)
    app.store.pause(false)
    expect(app.streams).toHaveLength(follows + 1)
  })

  it('wait until their tab is looked at', async () => {
    const app = played()
    await read(app, row(1, waiting))
    app.again.setActive(false)
    app.again.onChange(aSchema)
    expect(app.streams).toHaveLength(1)
    app.again.setActive(true)
    expect(app.streams).toHaveLength(2)
  })
})

it('a choice that is made while a page is read is held against that page, too', async () => {
  const app = played()
  const reading = app.store.read()
  app.again.onChange(aChoice)
  app.last().send(row(1, here))
  app.last().end()
  await reading
  expect(app.streams).toHaveLength(2)
})

describe('the open record', () => {
  it('is read again by what itself waits for, and after news that overtook it', async () => {
    const app = played()
    await read(app, row(1, here))
    void app.openStore.open({ partition: 0, offset: 1n })
    app.again.onChange(aSchema)
    expect(app.records).toHaveLength(1)
    app.records[0]!(waiting)
    await settled()
    expect(app.records).toHaveLength(2)
    app.records[1]!(here, waiting)
    await settled()
    expect(app.records).toHaveLength(2)
    app.again.onChange(aSchema)
    expect(app.records).toHaveLength(3)
    app.records[2]!(here, here)
    await settled()
    app.again.onChange(aSchema)
    expect(app.records).toHaveLength(3)
    expect(app.streams).toHaveLength(1)
  })
})
