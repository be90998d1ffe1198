import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { utf8Text } from '#shared/bytes.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newRegistry } from '#shared/model/registry.ts'
import { startApp, type TestApp } from '../support/app.ts'
import type { SharedRegistry } from '../support/lending.ts'
import { sharedRegistries } from '../support/lent.ts'
import { rounds } from '../support/rounds.ts'
import { serialisers, type SerialiserKind } from '../support/serialisers.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { sorted, taggedValue, type Tagged } from '../support/tagged.ts'
import type { KafkaTools } from '../support/tools.ts'

// What a record with a schema means is not for us to say: Confluent's own serialisers wrote it, and their deserialisers read it.

const RECORDS = rounds(1_000)
/** Records that are opened at once. */
const AT_ONCE = 8

let app: TestApp
let tools: KafkaTools
let bootstrap: string
let registries: SharedRegistry[]
const open = new Map<string, ConnectionId>()

beforeAll(async () => {
  ;[{ bootstrap, tools }, registries] = await Promise.all([sharedKafka(), sharedRegistries()])
  app = await startApp()
  for (const { version, url } of registries) {
    // As an application finds it: the serialisers speak Confluent's format, whoever keeps the schemas.
    const registry = newRegistry({ kind: 'apicurio', urls: [url] })
    open.set(version, await app.connect(bootstrap, { name: `Serialisers ${version}`, profile: { registry } }))
  }
})

afterAll(async () => {
  await app?.close()
})

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
      const forms = new Map<string, string>()
      const left = written.map(({ partition, offset }) => ({ partition, offset }))
      const openNext = async (): Promise<void> => {
        for (let next = left.pop(); next !== undefined; next = left.pop()) {
          const { partition, offset } = next
          const found = await app.call('messages.record', { connectionId, topic, partition, offset: BigInt(offset), patient: true }) // oxfmt-ignore
          if (found.kind !== 'record' || found.valueAs?.value == null) {
            throw new Error(`${partition}:${offset} was not decoded: ${JSON.stringify(found.kind === 'record' && found.valueAs?.attempts)}`) // oxfmt-ignore
          }
          ours.set(`${partition}:${offset}`, sorted(taggedValue(found.valueAs.value)))
          forms.set(`${partition}:${offset}`, utf8Text(found.valueAs.written ?? found.value!)!)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, openNext))
      for (const { partition, offset, value } of written) {
        expect(ours.get(`${partition}:${offset}`), `record ${partition}:${offset}`).toEqual(sorted(value))
      }

      // And the way back: their JSON forms, produced by the schema's subject, are read by those deserialisers as what they were.
      const again = uniqueName(`${kind}-again`)
      await tools.createTopic(again, 1)
      const records = written.map(({ partition, offset }) => ({
        value: {
          as: 'schema' as const,
          schema: { by: 'subject' as const, subject: `${topic}-value`, version: null },
          message: kind.startsWith('protobuf') ? 'com.acme.Order' : null,
          // Apicurio's own serialisers name a Protobuf message where Confluent's count it.
          frame: 'confluent-id' as const,
          json: forms.get(`${partition}:${offset}`)!,
        },
      }))
      const source = { kind: 'records' as const, records }
      const plan = await app.call('produce.plan', { connectionId, topic: again, source })
      expect(plan).toMatchObject({ refusal: null, records: RECORDS, bad: { total: 0 } })
      expect(plan.schemas).toMatchObject([{ part: 'value', subject: `${topic}-value`, frame: 'confluent-id' }])
      const receipt = await app.openStream('produce.apply', { connectionId, source, plan })
      expect(receipt).toMatchObject({ outcome: 'complete', written: BigInt(RECORDS) })
      const read = await serialisers('read', { ...at, topic: again })
      for (const [index, { value }] of read.entries()) {
        expect(sorted(value), `record ${index}, written again`).toEqual(sorted(written[index]!.value))
      }
      expect(read).toHaveLength(RECORDS)
    },
  )
})
