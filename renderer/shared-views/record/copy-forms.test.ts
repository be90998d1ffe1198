import { describe, expect, it } from 'vitest'
import type { FullRecord } from '#shared/contract/messages.ts'
import { coordinatesText, jsonText, kcatText, shellQuoted } from './copy-forms.ts'

const at = { topic: 'orders', partition: 7, offset: 48211907n }
const utf8 = { encoding: 'UTF-8', form: 'text', attempts: [] } as const
const none = { encoding: 'bytes', form: 'bytes', attempts: [] } as const
const bytes = (text: string) => new TextEncoder().encode(text)

describe('what is copied', () => {
  it('writes coordinates without grouping', () => {
    expect(coordinatesText(at)).toBe('orders / 7 / 48211907')
  })

  it.each([
    ['orders', 'orders'],
    ["it's", String.raw`'it'\''s'`],
    ['a b; rm -rf ~', "'a b; rm -rf ~'"],
    ['$(reboot)', "'$(reboot)'"],
    ['-X', "'-X'"],
    ['', "''"],
    ['new\nline', "'new\nline'"],
  ])('quotes %j for a shell', (text, quoted) => {
    expect(shellQuoted(text)).toBe(quoted)
  })

  it('names no secret in a kcat command, but where kcat keeps its own', () => {
    const command = kcatText(['b1:9092', '[::1]:9092'], { ...at, topic: "o'r" }, true)
    expect(command).toContain(String.raw`-t 'o'\''r' -p 7 -o 48211907 -c 1`)
    expect(command).toContain("-b 'b1:9092,[::1]:9092'")
    expect(command).toContain('kcat.conf')
    expect(command).not.toMatch(/password|sasl\./i)
  })

  it('keeps null, empty, duplicates and order of headers in JSON', () => {
    const record = {
      ...at,
      timestamp: -1n,
      timestampType: 'CreateTime',
      headers: [
        { name: bytes('a'), nameAs: utf8, value: null, valueAs: null, size: -1 },
        { name: bytes('a'), nameAs: utf8, value: bytes(''), valueAs: utf8, size: 0 },
        { name: new Uint8Array([0xff]), nameAs: none, value: bytes('x'), valueAs: utf8, size: 1 },
      ],
      key: null,
      keyAs: null,
      value: new Uint8Array([0, 0xfe]),
      valueAs: { ...none, written: null, isCut: false, value: null },
      valueSize: 2,
    } as unknown as FullRecord
    expect(JSON.parse(jsonText(record))).toMatchObject({
      timestamp: '-1',
      headers: [
        { name: 'a', value: null },
        { name: 'a', value: '' },
        { name: { base64: '/w==' }, value: 'x' },
      ],
      key: null,
      value: { base64: 'AP4=' },
    })
  })
})
