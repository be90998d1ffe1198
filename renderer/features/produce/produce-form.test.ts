import { describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import {
  checkForm,
  emptyForm,
  formOfTemplate,
  headerRow,
  templateOf,
  templateProblem,
  type ProduceForm,
} from './produce-form.ts'

const connectionId = 'a' as ConnectionId
const form = (part: Partial<ProduceForm> = {}): ProduceForm => ({ ...emptyForm, connectionId, topic: ' orders ', ...part }) // oxfmt-ignore
const errorsOf = (part: Partial<ProduceForm>) => {
  const checked = checkForm(form(part))
  return checked.ok ? {} : checked.errors
}

describe('the form of a record', () => {
  it('is one record, many of it, or lines of a file', () => {
    const header = headerRow({ name: { as: 'text', text: 'a' }, value: null })
    const one = checkForm(form({ partition: '2', timestamp: 5n, headers: [header] }))
    const record = {
      key: null,
      value: { as: 'text', text: '' },
      partition: 2,
      timestamp: 5n,
      headers: [{ name: { as: 'text', text: 'a' }, value: null }],
    }
    expect(one).toMatchObject({ ok: true, topic: 'orders', source: { kind: 'records', records: [record], rate: null } })
    expect(checkForm(form({ mode: 'several', count: '1 000', rate: '50' }))).toMatchObject({
      source: { kind: 'generated', count: 1000, rate: 50 },
    })
    const lines = { ...emptyForm.lines, name: 'a.ndjson', text: '{"value":null}\n' }
    expect(checkForm(form({ mode: 'lines', lines, skipBad: true }))).toMatchObject({
      source: { kind: 'lines', name: 'a.ndjson', text: '{"value":null}\n', key: { as: 'line' } },
      skipBad: true,
    })
    expect(checkForm(form({ mode: 'lines', lines: { ...lines, from: 'path', path: ' /a ' } }))).toMatchObject({
      source: { kind: 'file', path: '/a' },
    })
  })

  it('says what is missing, and only what the mode asks for', () => {
    expect(errorsOf({ topic: ' ' })).toHaveProperty('topic')
    expect(errorsOf({ partition: 'two' })).toHaveProperty('partition')
    expect(errorsOf({ partition: '-1' })).toHaveProperty('partition')
    expect(errorsOf({ timestamp: undefined })).toHaveProperty('timestamp')
    expect(errorsOf({ count: 'many', rate: '0' })).toEqual({})
    expect(Object.keys(errorsOf({ mode: 'several', count: '1000001', rate: '0' }))).toEqual(['count', 'rate'])
    expect(errorsOf({ mode: 'several', count: '' })).toHaveProperty('count')
    expect(errorsOf({ mode: 'lines', partition: 'two' })).toEqual({ lines: expect.any(String) as string })
  })

  it('is no template while a number in it is none', () => {
    expect(templateProblem(form({ mode: 'several', count: ' ' }))).toContain('How many?')
    expect(templateProblem(form({ mode: 'several', rate: 'fast' }))).toContain('Records a second')
    expect(templateProblem(form({ partition: 'two' }))).toContain('A partition’s number')
    expect(templateProblem(form({ mode: 'lines', timestamp: undefined }))).toContain('Which time?')
    // A record alone has no count; a template asks for no cluster.
    expect(templateProblem(form({ count: '', rate: 'fast', connectionId: undefined }))).toBeUndefined()
    expect(templateProblem(form({ mode: 'several', rate: '' }))).toBeUndefined()
  })

  it('becomes a template, and comes back from it', () => {
    const typed = form({ mode: 'several', count: '25', rate: '5', partition: '1' })
    const template = templateOf(typed, ' mine ')
    expect(template).toMatchObject({ topic: 'orders', name: 'mine', count: 25, rate: 5, record: { partition: 1 } })
    expect(formOfTemplate(template)).toMatchObject({ mode: 'several', count: '25', rate: '5', partition: '1' })
    expect(formOfTemplate(templateOf(form({ count: '25' }), 'one'))).toMatchObject({ mode: 'one' })
  })
})
