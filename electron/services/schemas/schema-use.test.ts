import { expect, it } from 'vitest'
import type { SchemaId } from '#shared/model/schema-id.ts'
import { schemaKey } from '#shared/model/schema-id.ts'
import { sampleUse } from './schema-use.ts'
import type { SampledTopic, TopicsPort } from './topics-port.ts'

it('counts no topic as looked into whose records were not all read in time, and tells what was found there', async () => {
  const id: SchemaId = { by: 'id', id: 7 }
  const hits = new Map([[schemaKey(id), { id, records: 2 }]])
  const samples: Record<string, SampledTopic> = {
    whole: { key: new Map(), value: new Map(), looked: 20, isWhole: true },
    cut: { key: new Map(), value: hits, looked: 2, isWhole: false },
  }
  const port: TopicsPort = {
    clusterId: null,
    names: () => Promise.resolve(Object.keys(samples)),
    sample: (topic) => Promise.resolve(samples[topic]!),
  }
  const use = await sampleUse(port, 'orders-value', [id], new AbortController().signal)
  expect(use).toMatchObject({
    topics: [{ topic: 'cut', part: 'value', records: 2 }],
    looked: 1,
    of: 2,
    failures: [{ what: 'cut', error: { code: 'call.timeout' } }],
  })
})
