import { describe, expect, it } from 'vitest'
import { bytesOfText } from '#shared/bytes.ts'
import { DecodeChain } from './decode-chain.ts'
import type { Decoder } from './decoder.ts'
import { contextOf, missing as onItsWay, usualChain } from './fixtures/chains.ts'
import { JSON_BYTES } from './json.ts'

const at = contextOf('value')
const chain = usualChain()
const of = (bytes: Uint8Array | string) => chain.decode(typeof bytes === 'string' ? bytesOfText(bytes) : bytes, at)
const long = (value: bigint) => new Uint8Array(new BigInt64Array([value]).buffer).toReversed()

describe('what bytes mean', () => {
  it.each([
    ['{"id":9007199254740993}', 'JSON', 'json'],
    [' \n[1,2]', 'JSON', 'json'],
    ['"a text"', 'JSON', 'json'],
    ['4711', 'UTF-8', 'text'],
    ['', 'UTF-8', 'text'],
    ['{"id":', 'UTF-8', 'text'],
    ['größer', 'UTF-8', 'text'],
    ['a\tb\r\nc', 'UTF-8', 'text'],
    ['8=FIX.4.4\u00019=100', 'UTF-8', 'control'],
    ['a\u007fb', 'UTF-8', 'control'],
  ])('%j is %s', (text, encoding, form) => {
    expect(of(text).as).toMatchObject({ encoding, form })
  })

  it('is bytes where nothing fits, with a reason for each encoding that was tried', () => {
    expect(of(Uint8Array.of(0x7b, 0xff)).as).toEqual({
      encoding: 'bytes',
      form: 'bytes',
      attempts: [
        { encoding: 'JSON', reason: 'it is not UTF-8' },
        { encoding: 'UTF-8', reason: 'it is not UTF-8' },
      ],
    })
    expect(of('{"id":').as.attempts).toEqual([
      { encoding: 'JSON', reason: 'it begins like JSON and does not go on so' },
    ])
  })

  it('is no text for numbers in binary, also for those that are UTF-8 by chance', () => {
    for (const value of [0n, 42n, 127n, 128n, 255n, 1_000_000n])
      expect(['control', 'bytes']).toContain(of(long(value)).as.form)
  })

  it('says of what begins like the Confluent wire format that it may be that, and with which schema', () => {
    const attempts = (...bytes: number[]) => of(Uint8Array.from(bytes)).as.attempts.map(({ encoding, reason }) => `${encoding}: ${reason}`) // oxfmt-ignore
    expect(attempts(0, 0, 0, 0, 7, 0xff)[0]).toBe('Confluent: no registry in this profile; looks like schema id 7')
    for (const other of [[0, 0, 0, 0, 0, 1], [0, 0xff, 0, 0, 1], [0, 0, 0, 1], [1, 0, 0, 0, 7]]) expect(attempts(...other)[0]).toContain('JSON') // oxfmt-ignore
  })

  it('hands the bytes themselves on, so that 64-bit integers of JSON stay exact', () => {
    const bytes = bytesOfText('{"id":9007199254740993}')
    expect(of(bytes).written).toBe(bytes)
  })

  it('does not try to parse what is longer than a list can bear', () => {
    const { as } = of(`[${' '.repeat(JSON_BYTES)}]`)
    expect(as).toMatchObject({ encoding: 'UTF-8', attempts: [{ encoding: 'JSON' }] })
  })

  it('takes the first encoding that fits, and stays in its order', () => {
    const upper: Decoder = {
      encoding: 'upper',
      isPlain: false,
      decode: (bytes) => (bytes[0] === 1 ? { form: 'text', written: bytesOfText('ONE') } : { reason: 'no 1' }),
    }
    const own = new DecodeChain([upper])
    expect(own.decode(Uint8Array.of(1), at)).toMatchObject({ as: { encoding: 'upper', attempts: [] } })
    expect(own.decode(Uint8Array.of(2), at).as.attempts).toEqual([{ encoding: 'upper', reason: 'no 1' }])
  })

  it('goes on without what is missing, and says so', () => {
    const missing = onItsWay(Promise.resolve())
    const own = new DecodeChain([{ encoding: 'later', isPlain: false, decode: () => ({ missing }) }])
    expect(own.decode(Uint8Array.of(1), at)).toMatchObject({
      missing,
      as: { encoding: 'bytes', waits: true, attempts: [{ encoding: 'later', reason: 'waiting for schema 41' }] },
    })
  })

  it('is one object for each way there was, and of endlessly many ways keeps no more than it may', () => {
    let n = 0
    const own = new DecodeChain([{ encoding: 'odd', isPlain: false, decode: () => ({ reason: `reason ${n++}` }) }])
    const found = new Set(Array.from({ length: 5_000 }, () => own.decode(Uint8Array.of(0xff), at).as))
    expect(found.size).toBeLessThan(1_010)
    expect(chain.decode(bytesOfText('a'), at).as).toBe(chain.decode(bytesOfText('b'), at).as)
  })

  it('asks no registry for headers: a number in binary is no id', () => {
    const header = usualChain('header')
    const as = (bytes: Uint8Array) => header.decode(bytes, contextOf('header')).as
    expect(as(bytesOfText('{"a":1}'))).toMatchObject({ encoding: 'JSON', form: 'json' })
    expect(as(bytesOfText('web'))).toMatchObject({ encoding: 'UTF-8', form: 'text' })
    expect(as(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x88)).attempts.map(({ encoding }) => encoding)).toEqual([
      'JSON',
      'UTF-8',
    ])
  })
})
