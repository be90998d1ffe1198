import { expect, it } from 'vitest'
import { readSchemaId, writtenSchemaId, type SchemaId } from './schema-id.ts'

it('reads an id again from what a tab keeps of it', () => {
  const guid = '0f0e0d0c-0b0a-0908-0706-050403020100'
  const ids: SchemaId[] = [
    { by: 'id', id: 41 },
    { by: 'long-id', id: 9_223_372_036_854_775_807n },
    { by: 'global-id', id: 7n },
    { by: 'content-id', id: 8n },
    { by: 'content-hash', hash: 'abc123' },
    { by: 'artifact', group: null, artifact: 'orders "value"', version: '3' },
    { by: 'guid', guid },
    { by: 'glue', version: guid },
    { by: 'azure', guid: '0123' },
    { by: 'subject', subject: 'orders-value', version: null },
  ]
  for (const id of ids) expect(readSchemaId(writtenSchemaId(id))).toEqual(id)
  for (const text of ['', '41', '{"by":"id","id":"41"}', '{"by":"long-id","id":"-1"}', '{"by":"else"}', 'null']) expect(readSchemaId(text)).toBeNull() // oxfmt-ignore
})
