import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { utf8Text } from '#shared/bytes.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newRegistry } from '#shared/model/registry.ts'
import { SchemaText } from '#shared/model/schema.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { createDecodePool, type DecodePool } from '../../electron/kafka/workers/pool.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startRegistries, type RunningApicurio } from '../support/registries.ts'
import { serialisers, type SerialiserKind } from '../support/serialisers.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { sorted, taggedValue, type Tagged } from '../support/tagged.ts'
import type { KafkaTools } from '../support/tools.ts'

// What a record with a schema means is not for us to say: Confluent's own serialisers wrote it, and their deserialisers read it.

const RECORDS = 1_000
/** Records that are opened at once. */
const AT_ONCE = 8

let app: TestApp
let tools: KafkaTools
let bootstrap: string
let registries: RunningApicurio[]
let pool: DecodePool
let wire: WireClient
const open = new Map<string, ConnectionId>()

beforeAll(async () => {
  ;[{ bootstrap, tools }, registries] = await Promise.all([sharedKafka(), startRegistries()])
  app = await startApp()
  pool = createDecodePool()
  wire = await connectWire(bootstrap)
  for (const { version, url } of registries) {
    // As an application finds it: the serialisers speak Confluent's format, whoever keeps the schemas.
    const registry = newRegistry({ kind: 'apicurio', urls: [url] })
    open.set(version, await app.connect(bootstrap, { name: `Serialisers ${version}`, profile: { registry } }))
  }
})

afterAll(async () => {
  wire?.close()
  await pool?.close()
  await app?.close()
  await Promise.all((registries ?? []).map((one) => one.stop()))
})

/** The schema that a record's first bytes name, with all that it refers to. */
async function schemaOf(connectionId: ConnectionId, head: Uint8Array): Promise<SchemaText> {
  const id = new DataView(head.buffer, head.byteOffset).getInt32(1)
  const { type, text, references } = await app.call('schemas.find', { connectionId, schema: { by: 'id', id } })
  const resolved: SchemaText['references'] = []
  for (const { name, subject, version } of references) {
    resolved.push({ name, text: (await app.call('schemas.version', { connectionId, subject, version })).text })
  }
  return SchemaText.parse({ type, text, references: resolved })
}

const kinds: SerialiserKind[] = ['avro', 'protobuf', 'protobuf-text', 'json']

describe.each(['2.6.13.Final', '3.3.3'])('with Apicurio %s', (version) => {
  it.each(kinds)(
    `${RECORDS} random records of %s mean what Confluent’s deserialiser says, which reads them too when they are written again`,
    async (kind) => {
      const registry = registries.find((one) => one.version === version)
      if (registry === undefined) throw new Error('No Java here is new enough for it: install Java 21 or newer.')
      const topic = uniqueName(kind)
      await tools.createTopic(topic, 3)
      const at = { bootstrap, registry: registry.ccompat, kind, topic, count: RECORDS, seed: 4711 }
      const written = await serialisers('write', at)
      expect(written).toHaveLength(RECORDS)
      const connectionId = open.get(version)!
      const ours = new Map<string, Tagged>()
      const forms = new Map<string, { head: Uint8Array; json: string }>()
      const left = written.map(({ partition, offset }) => ({ partition, offset }))
      const openNext = async (): Promise<void> => {
        for (let next = left.pop(); next !== undefined; next = left.pop()) {
          const { partition, offset } = next
          const found = await app.call('messages.record', { connectionId, topic, partition, offset: BigInt(offset) })
          if (found.kind !== 'record' || found.valueAs?.value == null) {
            throw new Error(`${partition}:${offset} was not decoded: ${JSON.stringify(found.kind === 'record' && found.valueAs?.attempts)}`) // prettier-ignore
          }
          ours.set(`${partition}:${offset}`, sorted(taggedValue(found.valueAs.value)))
          const head = found.value!.slice(0, kind.startsWith('protobuf') ? 7 : 5)
          forms.set(`${partition}:${offset}`, { head, json: utf8Text(found.valueAs.written!)! })
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, openNext))
      for (const { partition, offset, value } of written) {
        expect(ours.get(`${partition}:${offset}`), `record ${partition}:${offset}`).toEqual(sorted(value))
      }

      // And the way back: their JSON forms, written by the schema again, are read by those deserialisers as what they were.
      const inOrder = written.map(({ partition, offset }) => forms.get(`${partition}:${offset}`)!)
      const schema = await schemaOf(connectionId, inOrder[0]!.head)
      const { encoded } = await pool.run({ kind: 'encode', schema, message: schema.type === 'protobuf' ? [1] : null, values: inOrder.map(({ json }) => json) }) // prettier-ignore
      if ('reason' in encoded) throw new Error(encoded.reason)
      const again = uniqueName(`${kind}-again`)
      await wire.createTopic(again, 1)
      const values = encoded.map((one, at) => {
        if ('problems' in one) throw new Error(`${inOrder[at]!.json}: ${JSON.stringify(one.problems)}`)
        return Buffer.concat([inOrder[at]!.head, one.bytes])
      })
      await wire.produce(
        again,
        0,
        writeBatch(values.map((value) => ({ timestamp: 1n, key: null, value, headers: [] }))),
      )
      const read = await serialisers('read', { ...at, topic: again })
      for (const [index, { value }] of read.entries()) {
        expect(sorted(value), `record ${index}, written again`).toEqual(sorted(written[index]!.value))
      }
      expect(read).toHaveLength(RECORDS)
    },
  )
})
