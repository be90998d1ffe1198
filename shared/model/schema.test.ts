import { expect, it } from 'vitest'
import { SCHEMA_BYTES, SchemaText } from './schema.ts'

it('is bounded with all that it refers to', () => {
  const schema = (text: number, reference: number): unknown => ({
    type: 'avro',
    text: 'x'.repeat(text),
    references: [{ name: 'com.acme.Money', text: 'y'.repeat(reference) }],
  })
  expect(SchemaText.safeParse(schema(SCHEMA_BYTES - 10, 10)).success).toBe(true)
  expect(SchemaText.safeParse(schema(SCHEMA_BYTES - 10, 11)).error?.message).toContain('5 MiB')
  expect(SchemaText.safeParse({ type: 'thrift', text: '', references: [] }).success).toBe(false)
})
