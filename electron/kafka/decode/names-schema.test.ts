import { describe, expect, it } from 'vitest'
import { utf8Text } from '#shared/bytes.ts'
import { readSchemaId } from '#shared/model/schema-id.ts'
import { Chains } from './topic-chains.ts'
import { contextOf } from './fixtures/chains.ts'
import { WorkerSchemas } from './worker-schemas.ts'

const guid = '00112233-4455-6677-8899-aabbccddeeff'
const guidBytes = Array.from({ length: 16 }, (_, i) => i * 0x11)

describe('the name of a schema in place of a value', () => {
  const asked: unknown[] = []
  const chains = new Chains(new WorkerSchemas((ask) => void asked.push(ask)))
  const named = (
    bytes: number[],
    registry: 'confluent' | 'apicurio' | 'glue' = 'confluent',
    part: 'key' | 'value' = 'value',
  ) => {
    chains.set(1, 'c', { registry, rules: [] })
    const { written, missing } = chains
      .of('c', 'orders', 'schemas')
      [part].decode(Uint8Array.from(bytes), contextOf(part))
    expect(missing).toBeNull()
    return readSchemaId(utf8Text(written) ?? '')
  }

  it('is found in each way that serialisers write it, and nobody is asked for it', () => {
    expect(named([0, 0, 0, 0, 7, 1])).toEqual({ by: 'id', id: 7 })
    expect(named([0, 0, 0, 0, 7, 1], 'confluent', 'key')).toEqual({ by: 'id', id: 7 })
    expect(named([1, ...guidBytes, 1])).toEqual({ by: 'guid', guid })
    expect(named([3, 5, ...guidBytes, 1], 'glue')).toEqual({ by: 'glue', version: guid })
    expect(named([0, 0, 0, 0, 0, 0, 0, 0, 7, 1], 'apicurio')).toEqual({ by: 'long-id', id: 7n })
    expect(asked).toEqual([])
  })

  it('is none where the bytes name none, and stands in nobody else’s way', () => {
    expect(named([123, 125])).toBeNull()
    expect(utf8Text(chains.of('c', 'orders').value.decode(Uint8Array.of(123, 125), contextOf('value')).written)).toBe(
      '{}',
    )
  })
})
