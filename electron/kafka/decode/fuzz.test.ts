import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bytesOfText, utf8Text } from '#shared/bytes.ts'
import { charsets, compressions, primitiveTypes, windows, type DecodeChoice } from '#shared/model/decode-choice.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import { jsonOf, type Value } from '#shared/model/decoded-value.ts'
import { compileAvro } from './avro/codec.ts'
import type { DecodedBytes } from './decode-chain.ts'
import { Chains } from './topic-chains.ts'
import { contextOf, decodedAt } from './fixtures/chains.ts'
import { javaSerialized } from './fixtures/serializers.ts'
import { WorkerSchemas, type SchemaAsk } from './worker-schemas.ts'
import { rounds } from '../../../tests/support/rounds.ts'

/* Whatever the bytes, every decoder ends, throws nothing, and makes no more than it may. Damaged on purpose, the same on every run. */

const ROUNDS = rounds(30_000)
const node = '{"type":"record","name":"Node","fields":[{"name":"id","type":"long"},{"name":"tags","type":{"type":"map","values":"string"}},{"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},{"name":"next","type":["null","Node"]},{"name":"all","type":{"type":"array","items":["null","double","Node"]}}]}' // oxfmt-ignore
const avro: SchemaText = { type: 'avro', text: node, references: [] }
const automatic: DecodeChoice = { as: 'automatic' }
const plainAvro: DecodeChoice = { as: 'avro', schema: node, framing: 'plain' }

const encoded = (json: string): Uint8Array => {
  const found = compileAvro(avro).encode(json)
  if (!('bytes' in found)) throw new Error(JSON.stringify(found))
  return found.bytes
}
const ofNode = encoded('{"id":9007199254740993,"tags":{"a":"b"},"price":12.50,"next":{"id":-1,"tags":{},"price":0.00,"next":null,"all":[]},"all":[null,{"double":1.5}]}') // oxfmt-ignore
const inFront = (...front: number[]): Uint8Array => Uint8Array.from([...front, ...ofNode])
const java = (...words: string[]): Uint8Array[] =>
  javaSerialized.filter(({ name }) => words.some((word) => name.includes(word))).map(({ bytes }) => bytes)
const texts = ['{"a":[1,{"b":null}],"c":1e400}', '[[[[[[[[', '"\\ud800"', '[1,2,{"a":"größer"}]', '"text"'].map(
  bytesOfText,
)
const message = Uint8Array.of(8, 0x96, 1, 0x12, 3, 0x61, 0x62, 0x63, 0x1a, 2, 1, 2, 0x22, 2, 8, 1, 0x2a, 5, 0x0a, 1, 0x61, 0x12, 0) // oxfmt-ignore
const packed = Uint8Array.of(0x83, 0xa1, 0x61, 1, 0xa1, 0x62, 0x92, 0xc0, 0xcb, 0, 0, 0, 0, 0, 0, 0, 0, 0xa1, 0x63, 0xc4, 1, 7) // oxfmt-ignore
const cbor = Uint8Array.of(0xa2, 0x61, 0x61, 0x82, 1, 0xf6, 0x61, 0x62, 0xfb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0)
const proto = 'syntax = "proto3"; message Node { int64 id = 1; string name = 2; repeated sint32 many = 3; Node next = 4; map<string, Node> by = 5; bytes raw = 6; double rate = 7; oneof which { bool yes = 8; fixed64 no = 9; } }' // oxfmt-ignore

/** What is chosen, and bytes of that kind. One that is added has to be thrown at here too: without it this does not compile. */
const kinds: { [A in DecodeChoice['as']]: [ways: DecodeChoice[], seeds: Uint8Array[]] } = {
  automatic: [[automatic], [...texts, inFront(0, 0, 0, 0, 7), inFront(3, 0, ...Array<number>(16).fill(1))]],
  json: [[{ as: 'json' }], texts],
  text: [charsets.map((charset) => ({ as: 'text', charset })), java('text ')],
  hex: [[{ as: 'hex' }], texts],
  avro: [[plainAvro, { as: 'avro', schema: node, framing: 'single-object' }], [ofNode, inFront(0xc3, 1, ...Array<number>(8).fill(2))]], // oxfmt-ignore
  protobuf: [[{ as: 'protobuf', from: { kind: 'files', files: [{ name: 'node.proto', text: proto }] }, message: 'Node' }], [message]], // oxfmt-ignore
  'protobuf-raw': [[{ as: 'protobuf-raw' }], [message]],
  msgpack: [[{ as: 'msgpack' }], [packed]],
  cbor: [[{ as: 'cbor' }], [cbor]],
  primitive: [primitiveTypes.map((type) => ({ as: 'primitive', type })), java(...primitiveTypes)],
  list: [[...primitiveTypes, 'text' as const].map((of) => ({ as: 'list', of })), java('list ')],
  'schema-id': [[{ as: 'schema-id', bytes: 4 }, { as: 'schema-id', bytes: 8 }], [inFront(0, 0, 0, 0, 7), inFront(0, 0, 0, 0, 0, 0, 0, 0, 7)]], // oxfmt-ignore
  registry: [[{ as: 'registry', schema: { by: 'id', id: 7 }, message: null, skip: 2 }], [inFront(1, 2)]],
  base64: [[{ as: 'base64', around: automatic }], [bytesOfText('eyJhIjoxfQ=='), bytesOfText(Buffer.from(inFront(0, 0, 0, 0, 7)).toString('base64'))]], // oxfmt-ignore
  'hex-digits': [[{ as: 'hex-digits', around: automatic }], [bytesOfText('7b 22 61 22'), bytesOfText('0x7b7d')]],
  compressed: [compressions.map((by) => ({ as: 'compressed', by, around: automatic })), java('snappy', 'lz4', 'zstd', 'gzip', 'zlib')], // oxfmt-ignore
  windowed: [windows.map((window) => ({ as: 'windowed', window, around: plainAvro })), [Uint8Array.from([...ofNode, ...Array<number>(8).fill(1)]), Uint8Array.from([...ofNode, ...Array<number>(16).fill(0)])]], // oxfmt-ignore
}

const internal = readFileSync(new URL('./fixtures/internal-records.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { topic: string; key: string; value: string })
  .map(({ topic, key, value }) => ({ topic, key: Buffer.from(key, 'base64'), value: Buffer.from(value, 'base64') }))
const everything = [...Object.values(kinds).flatMap(([, seeds]) => seeds), ...internal.map(({ value }) => value)]

let state = 20_260_101
function random(below: number): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % below
}

const edges = [0, 1, 0x7f, 0x80, 0xff, 0xfe]

/** One of the seeds, changed in a few places, cut or repeated; or bytes of no kind. */
function damaged(of: readonly Uint8Array[]): Uint8Array {
  if (random(10) === 0) return Uint8Array.from({ length: random(60) }, () => random(256))
  let bytes = Uint8Array.from(of[random(of.length)]!)
  for (let n = random(4); n > 0 && bytes.length > 0; n -= 1)
    bytes[random(bytes.length)] = random(2) === 0 ? edges[random(edges.length)]! : random(256)
  if (random(6) === 0) bytes = bytes.slice(0, random(bytes.length + 1))
  if (random(20) === 0) bytes = Uint8Array.from([...bytes, ...bytes])
  return bytes
}

/** Nodes and levels; a cut says that there was more. */
function measure(value: Value, level = 0, size = { nodes: 0, levels: 0, isCut: false }): typeof size {
  size.nodes += 1
  size.levels = Math.max(size.levels, level)
  if (value.kind === 'cut') size.isCut = true
  else if (value.kind === 'list') for (const item of value.items) measure(item, level + 1, size)
  else if (value.kind === 'record') for (const field of value.fields) measure(field.value, level + 1, size)
  else if (value.kind === 'map')
    for (const entry of value.entries) {
      measure(entry.key, level + 1, size)
      measure(entry.value, level + 1, size)
    }
  return size
}

/** What is wrong with what was made of some bytes. */
function wrong(found: DecodedBytes, isTree: boolean): string | null {
  const { as, written, value } = found
  if (written.length > 4 << 20) return `${written.length} bytes`
  const text = as.form === 'bytes' ? '' : utf8Text(written)
  if (text === null) return 'not UTF-8'
  if (as.form === 'json') JSON.parse(text)
  if (value === null) return null
  const tree = value()
  const { nodes, levels, isCut } = measure(tree)
  if (nodes > 20_500 || levels > 102) return `${nodes} nodes, ${levels} levels`
  return isTree && !isCut && jsonOf(tree) !== text ? `the tree is ${jsonOf(tree)}, and the row ${text}` : null
}

function chainsOf(choice: DecodeChoice) {
  const asked: SchemaAsk[] = []
  const schemas = new WorkerSchemas((ask) => void asked.push(ask))
  const chains = new Chains(schemas)
  const rules = (['key', 'value'] as const).map((part) => ({ topic: '*', part, chain: [choice] }))
  chains.set(1, decodedAt.connection, { registry: 'confluent', rules })
  chains.of(decodedAt.connection, 'orders').value.decode(inFront(0, 0, 0, 0, 7), contextOf('value'))
  for (const ask of asked.splice(0)) schemas.put(1, ask, { schema: avro, subject: 'orders-value', version: 1 })
  return chains
}

test.each(Object.entries(kinds))('%s', { timeout: 120_000 }, (as, [ways, seeds]) => {
  // Those whose rows are the JSON form of their tree, and not the text that was stored.
  const isTree = ['avro', 'protobuf', 'protobuf-raw', 'msgpack', 'cbor', 'primitive', 'list'].includes(as)
  const all = ways.map(chainsOf)
  const problems: string[] = []
  let taken = 0
  for (let round = 0; round < ROUNDS / 10; round += 1) {
    const chain = all[round % all.length]!.of(decodedAt.connection, 'orders').value
    const bytes = damaged(round % 3 === 0 ? everything : seeds)
    const found = chain.decode(bytes, contextOf('value'))
    const isChosen = found.as.attempts.length === 0
    if (isChosen) taken += 1
    const problem = wrong(found, isTree && isChosen)
    if (problem !== null) problems.push(`${Buffer.from(bytes).toString('hex')}: ${found.as.encoding}: ${problem}`)
  }
  expect(problems).toEqual([])
  // Else it would be others that were thrown at.
  expect(taken).toBeGreaterThanOrEqual(rounds(100))
})

test('Kafka’s own topics', { timeout: 120_000 }, () => {
  const chains = chainsOf(automatic)
  const problems: string[] = []
  let decoded = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const { topic, key, value } = internal[random(internal.length)]!
    const part = round % 3 === 0 ? 'key' : 'value'
    const bytes = damaged([part === 'key' ? key : value])
    const context = { ...contextOf(part), topic, key: random(10) === 0 ? damaged([key]) : key }
    const found = chains.of(decodedAt.connection, topic)[part].decode(bytes, context)
    const isOurs = found.as.encoding === 'Kafka internal'
    if (isOurs) decoded += 1
    const problem = wrong(found, isOurs)
    if (problem !== null) problems.push(`${topic} ${Buffer.from(bytes).toString('hex')}: ${problem}`)
  }
  expect(problems).toEqual([])
  // Neither everything refused nor everything swallowed.
  expect(decoded).toBeGreaterThan(ROUNDS / 4)
  expect(decoded).toBeLessThan(ROUNDS)
})
