import { describe, expect, it } from 'vitest'
import type { Decoding } from '#shared/model/decoded.ts'
import { bytesDraft, EDITABLE, encodeBytes, respell } from './bytes-draft.ts'

const utf8: Decoding = { encoding: 'UTF-8', form: 'text', attempts: [] }
const none: Decoding = { encoding: 'bytes', form: 'bytes', attempts: [] }
const bytes = (...values: number[]) => Uint8Array.from(values)

describe('bytes as they are edited', () => {
  it.each([
    ['null', null],
    ['empty', bytes()],
    ['text', new TextEncoder().encode('größer\n{"a":1}')],
    ['a byte order mark', bytes(0xef, 0xbb, 0xbf, 0x61)],
    ['invalid UTF-8', bytes(0xff, 0x00, 0xc3)],
    ['carriage returns', new TextEncoder().encode('a\r\nb')],
    ['too large for a box', new Uint8Array(EDITABLE + 1).fill(97)],
  ])('keep %s byte for byte', (_name, value) => {
    const as = value?.[0] === 0xff ? none : utf8
    expect(encodeBytes(bytesDraft(value, as))).toEqual({ ok: true, bytes: value })
  })

  it('show as hex what a text box would change', () => {
    expect(bytesDraft(bytes(0xff), none)).toEqual({ kind: 'typed', mode: 'hex', text: 'ff' })
    expect(bytesDraft(bytes(0x0d), utf8)).toMatchObject({ mode: 'hex' })
  })

  it('change their spelling, never their bytes', () => {
    const hex = bytesDraft(bytes(0xfe, 0xad), none)
    const base64 = respell(hex, 'base64')
    expect(base64).toEqual({ kind: 'typed', mode: 'base64', text: '/q0=' })
    expect(typeof base64 === 'string' ? base64 : respell(base64, 'hex')).toEqual(hex)
    expect(respell(hex, 'text')).toContain('not UTF-8')
  })

  it('say what is wrong with what was typed', () => {
    expect(encodeBytes({ kind: 'typed', mode: 'hex', text: 'abc' })).toMatchObject({ ok: false })
    expect(encodeBytes({ kind: 'typed', mode: 'hex', text: 'zz' })).toMatchObject({ ok: false })
    expect(encodeBytes({ kind: 'typed', mode: 'base64', text: '%%' })).toMatchObject({ ok: false })
    expect(encodeBytes({ kind: 'typed', mode: 'hex', text: '0xDE AD' })).toEqual({ ok: true, bytes: bytes(0xde, 0xad) })
  })
})
