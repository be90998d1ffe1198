import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { ConnectionId } from '../model/ids.ts'
import type { RecordInput } from '../model/produce.ts'
import { produce } from './produce.ts'

const at = { connectionId: ConnectionId.parse('a'), topic: 'orders' }

describe('what is asked to be written', () => {
  it('needs no more than a value: the rest stands for what Kafka’s own producers do', () => {
    const record: z.input<typeof RecordInput> = { value: { as: 'schema', schema: { by: 'naming', strategy: 'TopicName' }, json: '{}' } } // oxfmt-ignore
    const { record: read } = produce['produce.check'].input.parse({ ...at, record })
    expect(read).toMatchObject({ partition: null, timestamp: null, key: null, headers: [] })
    expect(read.value).toMatchObject({ schema: { version: null, record: null }, message: null, frame: null })
  })

  it.each([
    ['no record', { kind: 'records', records: [] }],
    ['more than are typed', { kind: 'records', records: Array.from({ length: 1_001 }, () => ({ value: null })) }],
    ['more than are made', { kind: 'generated', record: { value: null }, count: 1_000_001 }],
    ['none', { kind: 'generated', record: { value: null }, count: 0 }],
    ['a rate of nothing', { kind: 'generated', record: { value: null }, count: 1, rate: 0 }],
    ['a schema without a name', { kind: 'records', records: [{ value: { as: 'schema', schema: { by: 'subject', subject: '', version: null }, json: '' } }] }], // oxfmt-ignore
    ['more text than a message carries', { kind: 'lines', name: 'x', text: 'x'.repeat((7 << 20) + 1) }],
    ['a file without a path', { kind: 'file', path: '' }],
  ])('is refused as %s', (_, source) => {
    expect(produce['produce.plan'].input.safeParse({ ...at, source }).success).toBe(false)
  })
})
