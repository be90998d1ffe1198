import { describe, expect, it } from 'vitest'
import { ProduceTemplate } from '#shared/model/produce.ts'
import { mergedTemplates, readTemplateFile, templateFile } from './template-file.ts'

const template = (topic: string, name: string, record: object = { value: null }): ProduceTemplate =>
  ProduceTemplate.parse({ topic, name, record })

const templates = [
  template('orders', 'late', {
    timestamp: 1n << 60n,
    key: { as: 'bytes', bytes: new Uint8Array([0, 255]) },
    value: { as: 'schema', schema: { by: 'global-id', id: 2n ** 62n }, json: '{"$int64":"7"}' },
    headers: [{ name: { as: 'text', text: 'a' }, value: null }],
  }),
  template('a', 'x'),
]

describe('a file of templates', () => {
  it('is read as it was written, with every digit and byte, in an order that does not depend on when what was saved', () => {
    const { name, text } = templateFile('Orders (test)', templates)
    expect(name).toBe('Orders_test_.templates.json')
    expect(readTemplateFile(text)).toEqual(templates.toReversed())
    expect(templateFile('Orders (test)', templates.toReversed()).text).toBe(text)
  })

  it.each([
    ['no JSON', '{', /cannot be read/],
    ['another file', '{"kind":"seekline.decoding","version":1}', /no file of templates/],
    ['a newer one', '{"kind":"seekline.templates","version":2,"templates":[]}', /newer Seekline/],
    ['a way to write that there is not', '{"kind":"seekline.templates","version":1,"templates":[{"topic":"a","name":"x","record":{"value":{"as":"magic"}}}]}', /templates\.0\.record\.value/], // oxfmt-ignore
    ['a field too many', '{"kind":"seekline.templates","version":1,"templates":[],"more":1}', /cannot be read/],
    ['levels without end', `${'['.repeat(100)}${']'.repeat(100)}`, /nests deeper/],
    ['two of one name', JSON.stringify({ kind: 'seekline.templates', version: 1, templates: [templates[1], templates[1]] }), /there twice/], // oxfmt-ignore
  ])('says of %s what is wrong', (_, text, message) => {
    expect(() => readTemplateFile(text)).toThrow(message)
  })

  it('replaces those of the same name and topic', () => {
    const given = template('a', 'x', { value: { as: 'text', text: 'new' } })
    expect(mergedTemplates(templates, [given])).toEqual([templates[0], given])
    const many = Array.from({ length: 501 }, (_, at) => template('a', String(at)))
    expect(() => mergedTemplates([], many)).toThrow(/500/)
  })
})
