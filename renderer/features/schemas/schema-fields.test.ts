import { describe, expect, it } from 'vitest'
import { changesBetween, fieldsOf, MOST_TEXT, ROOT, type FieldMap } from './schema-fields.ts'

const avro = (fields: unknown[], name = 'Order') => JSON.stringify({ type: 'record', name, namespace: 'com.acme', fields }) // oxfmt-ignore
const diff = (a: string, b: string, type: 'avro' | 'json-schema' = 'avro') =>
  changesBetween(fieldsOf(a, type) as FieldMap, fieldsOf(b, type) as FieldMap)

describe('the fields of a schema', () => {
  it('reads those of Avro, nested ones, unions, arrays, maps, enums and logical types', () => {
    const text = avro([
      { name: 'id', type: 'long' },
      { name: 'note', type: ['null', 'string'], default: null },
      { name: 'total', type: { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 } },
      { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['PAID', 'FAILED'] } },
      { name: 'customer', type: { type: 'record', name: 'Customer', fields: [{ name: 'id', type: 'int' }] } },
      { name: 'lines', type: { type: 'array', items: { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }] } } }, // oxfmt-ignore
      { name: 'tags', type: { type: 'map', values: 'string' } },
      { name: 'parent', type: ['null', 'Order'] },
    ])
    expect([...fieldsOf(text, 'avro')!]).toEqual([
      [ROOT, 'record com.acme.Order'],
      ['id', 'long'],
      ['note', 'null | string = null'],
      ['total', 'bytes decimal(12, 2)'],
      ['status', 'enum Status ["PAID", "FAILED"]'],
      ['customer', 'record Customer'],
      ['customer.id', 'int'],
      ['lines', 'array of record Line'],
      ['lines[].sku', 'string'],
      ['tags', 'map of string'],
      ['parent', 'null | Order'],
    ])
  })

  it('reads those of JSON Schema, required ones, references and choices', () => {
    const text = JSON.stringify({
      type: 'object',
      title: 'not said',
      required: ['id'],
      additionalProperties: false,
      properties: {
        id: { type: 'integer', minimum: 0 },
        at: { type: ['string', 'null'], format: 'date-time' },
        line: { $ref: '#/$defs/Line' },
        way: { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'number' } }] },
      },
      $defs: { Line: { type: 'object', properties: { sku: { type: 'string' } } } },
    })
    expect([...fieldsOf(text, 'json-schema')!]).toEqual([
      [ROOT, 'object, additionalProperties false'],
      ['id', 'integer, minimum 0, required'],
      ['at', 'string | null, format "date-time"'],
      ['line', '#/$defs/Line'],
      ['way', ''],
      ['way oneOf 1', 'string'],
      ['way oneOf 2', 'array'],
      ['way oneOf 2[]', 'number'],
      ['#/$defs/Line', 'object'],
      ['#/$defs/Line.sku', 'string'],
    ])
  })

  it('tells what was added, removed and changed, and keeps every digit of a default', () => {
    const before = avro([{ name: 'id', type: 'int' }, { name: 'old', type: 'string' }]) // oxfmt-ignore
    const withDefault = (digits: string) => `{"type":"record","name":"Order","namespace":"com.acme","fields":[{"name":"id","type":"long","default":${digits}}]}` // oxfmt-ignore
    expect(diff(before, withDefault('9223372036854775807'))).toEqual([
      { path: 'id', change: 'changed', before: 'int', after: 'long = 9223372036854775807' },
      { path: 'old', change: 'removed', before: 'string', after: undefined },
    ])
    expect(diff(withDefault('9223372036854775806'), withDefault('9223372036854775807'))).toHaveLength(1)
    expect(diff(withDefault('1'), withDefault('1'))).toEqual([])
    expect(diff(avro([]), avro([{ name: 'new', type: 'string' }]))).toEqual([{ path: 'new', change: 'added', before: undefined, after: 'string' }]) // oxfmt-ignore
  })

  it('gives up on what is no JSON, too long or too deep, without failing', () => {
    expect(fieldsOf('syntax = "proto3";', 'avro')).toBeUndefined()
    expect(fieldsOf(`"${'x'.repeat(MOST_TEXT)}"`, 'avro')).toBeUndefined()
    const deep = (levels: number) => `${'{"type":"array","items":'.repeat(levels)}"string"${'}'.repeat(levels)}`
    expect(fieldsOf(deep(300), 'avro')?.get(ROOT)).toMatch(/^array of array of .*…$/)
    expect(fieldsOf(deep(15_000), 'avro')).toBeUndefined()
    expect(fieldsOf('[1,"x",null]', 'avro')?.size).toBe(1)
    expect(fieldsOf('true', 'json-schema')?.get(ROOT)).toBe('true')
  })
})
