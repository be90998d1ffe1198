import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { bytesOfBase64, utf8Text } from '#shared/bytes.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import { type JsonNode, parseJson } from '../exact-json-parser.ts'
import { compileAvro } from './codec.ts'

interface PythonValues {
  schema: SchemaText
  values: { base64: string; json: string }[]
}

/** Values that fastavro wrote, and what its own reader made of them (`fixtures/python-values.py`). */
const { schema, values } = JSON.parse(
  readFileSync(new URL('./fixtures/python-values.json', import.meta.url), 'utf8'),
) as PythonValues

/** All but the spelling: floats by value, everything else digit by digit. */
function plain(node: JsonNode, name = ''): unknown {
  switch (node.kind) {
    case 'number':
      return name === 'ratio' || name === 'single' ? Number(node.digits) : { digits: node.digits }
    case 'list':
      return node.items.map((item) => plain(item))
    case 'object':
      return node.members.map((member) => [member.name, plain(member.value, member.name)])
    case 'null':
      return null
    default:
      return node.value
  }
}

it('are read as fastavro reads them, and written as it writes them: logical types, unions, references, recursion', () => {
  expect(values).toHaveLength(100)
  const codec = compileAvro(schema)
  for (const { base64, json } of values) {
    const bytes = bytesOfBase64(base64)!
    expect(plain(parseJson(utf8Text(codec.written(bytes))!))).toEqual(plain(parseJson(json)))
    expect(codec.encode(json)).toEqual({ bytes })
  }
})
