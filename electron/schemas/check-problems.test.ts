import { describe, expect, it } from 'vitest'
import { placeOfPointer, problemsOf } from './check-problems.ts'

const draft = `{
  "type": "record", "name": "A",
  "fields": [
    {"name": "a", "type": "string"},
    {"name": "b", "type": {"type": "array", "items": "int"}}
  ]
}`

describe('a registry’s reasons', () => {
  it('of Confluent are read out of what is nearly JSON, and placed by their pointer', () => {
    const message = "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'b' at path '/fields/1' in the new schema has no default value and is missing in the old schema', additionalInfo:'b'}" // oxfmt-ignore
    expect(problemsOf([message], draft)).toEqual([
      {
        message: "The field 'b' at path '/fields/1' in the new schema has no default value and is missing in the old schema (b) [READER_FIELD_MISSING_DEFAULT_VALUE]", // oxfmt-ignore
        path: '/fields/1',
        line: 5,
        column: 5,
      },
    ])
  })

  it('of Apicurio are taken apart', () => {
    const reason = 'Incompatible artifact: x [AVRO], num of incompatible diffs: {2}, list of diff types: [zip at /fields/1, a at /fields/0/type] Causes: zip at /fields/1, a at /fields/0/type' // oxfmt-ignore
    expect(problemsOf([reason], draft)).toEqual([
      { message: 'zip at /fields/1', path: '/fields/1', line: 5, column: 5 },
      { message: 'a at /fields/0/type', path: '/fields/0/type', line: 4, column: 27 },
    ])
  })

  it('of a parser are placed by line and column, and others nowhere', () => {
    expect(problemsOf(['Unexpected character at [Source: x; line: 3, column: 12]'], draft)[0]).toMatchObject({ line: 3, column: 12 }) // oxfmt-ignore
    expect(problemsOf(['It just is not.'], draft)).toEqual([{ message: 'It just is not.', path: null, line: null, column: null }]) // oxfmt-ignore
  })

  it('lead as far as the text goes', () => {
    expect(placeOfPointer(draft, '/fields/1/type/items')).toEqual({ line: 5, column: 54 })
    expect(placeOfPointer(draft, '#/fields/9')).toEqual({ line: 3, column: 13 })
    expect(placeOfPointer('{"a~/": {"b": 1}}', '/a~0~1/b')).toEqual({ line: 1, column: 15 })
    expect(placeOfPointer('{"a": "}", "b": [', '/b/0')).toEqual({ line: 1, column: 17 })
    expect(placeOfPointer('', '/b')).toBeNull()
  })
})
