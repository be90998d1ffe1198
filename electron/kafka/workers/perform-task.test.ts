import { describe, expect, it } from 'vitest'
import { bytesOfText, utf8Text } from '#shared/bytes.ts'
import { predicateOf } from '#shared/filters/compile.ts'
import { RecordFilter } from '#shared/filters/filter.ts'
import { schemaText } from '#shared/model/schema-id.ts'
import { DecodeChain } from '../decode/decode-chain.ts'
import type { Decoder } from '../decode/decoder.ts'
import { decodedAt, missing, sameChains, usualChain } from '../decode/fixtures/chains.ts'
import { WorkerSchemas } from '../decode/worker-schemas.ts'
import { schemaRef, type ComposeFrom, type ComposeSettings } from '../produce/compose-task.ts'
import { writeBatch } from '../records/batch-writer.ts'
import { FLAG } from '../records/column-types.ts'
import { record } from '../records/fixtures/records.ts'
import { perform } from './perform-task.ts'
import { patienceMs, type DecodeTask } from './tasks.ts'

/** Writes a value out as many times as it says: only whole values can be decoded so. */
const repeated: Decoder = {
  encoding: 'repeated',
  isPlain: false,
  decode(bytes, { part }) {
    const found = part === 'value' ? /^(\d+)×(.*)$/.exec(utf8Text(bytes) ?? '') : null
    return found === null ? { reason: 'it repeats nothing' } : { form: 'text', written: bytesOfText(found[2]!.repeat(Number(found[1]))) } // oxfmt-ignore
  },
}

const filterOf = () => predicateOf(RecordFilter.parse({ kind: 'text', text: 'AB' }))
const wait = async (all: readonly Promise<void>[]) => void (await Promise.all(all))
const noSchemas = new WorkerSchemas(() => undefined)
const partsOf = (chain: DecodeChain) => ({ chainsOf: () => sameChains(chain), schemas: noSchemas, filterOf, wait })

function columns(values: string[], previewBytes = { key: 100, value: 100 }): Extract<DecodeTask, { kind: 'columns' }> {
  const bytes = new Uint8Array(writeBatch(values.map((value) => record('k', value))))
  const options = { previewBytes, decodedAt }
  return { kind: 'columns', buffer: bytes.buffer, parts: [{ offset: 0, length: bytes.length, options }] }
}

async function rowsOf(task: DecodeTask, chain: DecodeChain) {
  const made = await perform(task, partsOf(chain))
  if (made.kind !== 'columns') throw new Error(made.kind)
  const [piece] = made.parts[0]!
  return Array.from({ length: piece!.count }, (_, i) => ({
    value: utf8Text(piece!.preview.subarray(piece!.ends[2 * i], piece!.ends[2 * i + 1])),
    isCut: (piece!.flags[i]! & FLAG.valueCut) !== 0,
    valueSize: piece!.valueSize[i],
    as: piece!.decodings[piece!.decodedAs[i]! >>> 16]!.encoding,
    keyAs: piece!.decodings[piece!.decodedAs[i]! & 0xffff]!.encoding,
  }))
}

describe('rows that are decoded', () => {
  it('have previews of what whole values were decoded to, beside those that are as they came', async () => {
    const rows = await rowsOf(columns(['plain', '3×ab', '60×xy', '{"a":1}']), new DecodeChain([repeated]))
    expect(rows).toEqual([
      { value: 'plain', isCut: false, valueSize: 5, as: 'bytes', keyAs: 'bytes' },
      { value: 'ababab', isCut: false, valueSize: 5, as: 'repeated', keyAs: 'bytes' },
      { value: 'xy'.repeat(50), isCut: true, valueSize: 6, as: 'repeated', keyAs: 'bytes' },
      { value: '{"a":1}', isCut: false, valueSize: 7, as: 'bytes', keyAs: 'bytes' },
    ])
  })

  it('are judged by the whole value, not by what a preview shows of it', async () => {
    const values = [`${'a'.repeat(200)}\u0001`, `{"a":"${'b'.repeat(200)}"`]
    const [control, broken] = await rowsOf(columns(values), usualChain())
    expect([control!.as, broken!.as]).toEqual(['UTF-8', 'UTF-8'])
    const made = await perform(columns(values), partsOf(usualChain()))
    if (made.kind !== 'columns') throw new Error(made.kind)
    expect(made.parts[0]![0]!.decodings.map(({ form }) => form)).toEqual(['text', 'control', 'text'])
  })

  it('are made anew once what some of them waited for is here', async () => {
    let isHere = false
    const arrived = missing(Promise.resolve().then(() => void (isHere = true)))
    const later: Decoder = { encoding: 'later', isPlain: false, decode: (bytes, at) => at.part === 'key' ? { reason: 'a key' } : isHere ? { form: 'text', written: bytesOfText('here') } : { missing: arrived } } // oxfmt-ignore
    const rows = await rowsOf(columns(['a', 'b']), new DecodeChain([later]))
    expect(rows.map(({ value, as }) => [value, as])).toEqual([['here', 'later'], ['here', 'later']]) // oxfmt-ignore
  })

  it('go without what takes too long, and wait no second time for it', async () => {
    const old = { ...missing(new Promise<void>(() => undefined)), since: performance.now() - patienceMs.look }
    const never: Decoder = { encoding: 'never', isPlain: false, decode: () => ({ missing: old }) }
    const waits: number[] = []
    const made = await perform(columns(['a']), {
      ...partsOf(new DecodeChain([never])),
      wait: async (_, mostMs) => void waits.push(mostMs),
    })
    if (made.kind !== 'columns') throw new Error(made.kind)
    expect(made.parts[0]![0]!.decodings[0]).toMatchObject({ waits: true, attempts: [{ reason: 'waiting for schema 41' }] }) // oxfmt-ignore
    expect(waits).toEqual([])
  })

  it('wait where all of them lack a schema; where one needs none, that one is not held up', async () => {
    const later: Decoder = { encoding: 'later', isPlain: false, decode: (bytes, { part }) => part === 'value' && utf8Text(bytes)!.startsWith('S') ? { missing: missing(new Promise<void>(() => undefined)) } : { reason: 'it names none' } } // oxfmt-ignore
    const waitsFor = async (values: string[], patience?: 'whole') => {
      let waits = 0
      const task = columns(values)
      if (patience !== undefined) task.parts[0]!.options.patience = patience
      const wait = async () => void (waits += 1)
      await perform(task, { ...partsOf(new DecodeChain([later])), wait })
      return waits > 0
    }
    expect(await waitsFor(['S1', 'S2'])).toBe(true)
    expect(await waitsFor(['S1', 'plain', 'S2'])).toBe(false)
    expect(await waitsFor(['plain', 'S1'])).toBe(false)
    // What is not decoded would be a wrong answer there.
    expect(await waitsFor(['S1', 'plain'], 'whole')).toBe(true)
  })

  it('are those alone that a filter matches by what they were decoded to', async () => {
    const task = columns(['plain', '3×ab', '2×xy', 'Abc'])
    task.parts[0]!.options.matching = 1
    const rows = await rowsOf(task, new DecodeChain([repeated]))
    expect(rows.map(({ value }) => value)).toEqual(['ababab', 'Abc'])
  })

  it('stay the bytes as they are where nobody asked', async () => {
    const task = columns(['3×ab'])
    delete task.parts[0]!.options.decodedAt
    const made = await perform(task, partsOf(new DecodeChain([repeated])))
    if (made.kind !== 'columns') throw new Error(made.kind)
    expect(made.parts[0]![0]).toMatchObject({ decodings: [], decodedAs: { length: 0 } })
  })
})

it('one record has what its key and value mean, and the value itself where that is other bytes', async () => {
  const bytes = new Uint8Array(writeBatch([record(null, '2×ab')]))
  const options = { decodedAt }
  const task = { kind: 'one', buffer: bytes.buffer, offset: 0, length: bytes.length, at: 0n, options } as const
  const made = await perform(task, partsOf(new DecodeChain([repeated])))
  expect(made).toMatchObject({ key: null, value: { encoding: 'repeated', written: bytesOfText('abab'), isCut: false } })
  const plain = await perform(task, partsOf(usualChain()))
  expect(plain).toMatchObject({ value: { encoding: 'UTF-8', written: null } })
})

describe('records that are composed', () => {
  const id = { by: 'id', id: 7 } as const
  const settings: ComposeSettings = {
    connection: 'c',
    partitions: 1,
    schemas: [{ use: schemaRef('value', { schema: id, message: null, frame: null }), find: id, frame: 'confluent-id', ids: { id: 7, guid: null, globalId: null } }], // oxfmt-ignore
    frame: 'confluent-id',
    chosen: { key: null, value: null },
    seed: 1,
    maxBatchBytes: null,
    show: 1,
  }
  const value = { as: 'schema', schema: id, message: null, frame: null, json: '{"n":3}' } as const
  const from: ComposeFrom = { kind: 'records', first: 1, records: [{ partition: null, timestamp: null, key: null, value, headers: [] }] } // oxfmt-ignore

  it('wait for the schema that they are written by, and are made once it is here', async () => {
    const asked: string[] = []
    const schemas = new WorkerSchemas(({ connection, id: of }) => {
      asked.push(`${connection} ${schemaText(of)}`)
      const schema = { type: 'avro' as const, text: '{"type":"record","name":"R","fields":[{"name":"n","type":"int"}]}', references: [] } // oxfmt-ignore
      queueMicrotask(() => schemas.put(1, { connection, id: of }, { schema, subject: null, version: null }))
    })
    const made = await perform({ kind: 'encode', from, settings }, { ...partsOf(usualChain()), schemas })
    expect(asked).toEqual(['c schema 7'])
    expect(made).toMatchObject({ composed: { records: 1, bad: 0, preview: [{ value: { head: Uint8Array.of(0, 0, 0, 0, 7, 6) } }] } }) // oxfmt-ignore
  })

  it('are none where it does not come', async () => {
    const schemas = new WorkerSchemas(({ connection, id: of }) => {
      schemas.put(1, { connection, id: of }, { reason: 'the registry cannot be reached', holdsMs: 30_000 })
    })
    const made = await perform({ kind: 'encode', from, settings }, { ...partsOf(usualChain()), schemas })
    expect(made).toMatchObject({ composed: { records: 0, bad: 1, problems: [{ line: 1, part: 'value', message: expect.stringContaining('the registry cannot be reached') as string }] } }) // oxfmt-ignore
  })
})
