import { describe, expect, it } from 'vitest'
import { bytesOfText, utf8Text } from '#shared/bytes.ts'
import { floatJson } from '#shared/model/decoded-value.ts'
import { Random } from './avro/fixtures/random.ts'
import { JsonOutput } from './json-output.ts'

const output = new JsonOutput()

function written(write: (into: JsonOutput) => void): string {
  output.begin(100)
  write(output)
  return utf8Text(output.take())!
}

describe('JSON that is written byte by byte', () => {
  it('has integers of every length as JavaScript prints them', () => {
    for (let digits = 0; digits <= 15; digits += 1) {
      for (const value of [10 ** digits - 1, 10 ** digits, 10 ** digits + 1, Math.floor(Math.PI * 10 ** digits)]) {
        expect(written((to) => to.integer(value))).toBe(String(value))
        expect(written((to) => to.integer(-value - 1))).toBe(String(-value - 1))
      }
    }
    for (const value of [0, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      expect(written((to) => to.integer(value))).toBe(String(value))
    }
  })

  it('has floats as the tree prints them, those of two digits behind the point too', () => {
    const random = new Random(1)
    const bits = new DataView(new ArrayBuffer(8))
    for (let i = 0; i < 20_000; i += 1) {
      bits.setInt32(0, random.below(2 ** 32))
      bits.setInt32(4, random.below(2 ** 32))
      const cents = (random.below(2 ** 32) - 2 ** 31) / random.one([1, 10, 100, 100, 100, 1_000])
      for (const value of [bits.getFloat64(0), cents, cents * 1e7]) {
        expect(written((to) => to.float(value))).toBe(floatJson({ value }))
      }
    }
    for (const value of [0, -0, 0.01, -0.01, 0.005, 1.005, 0.1 + 0.2, 1e21, 9_999_999_999_999.99, 5e-324]) {
      expect(written((to) => to.float(value))).toBe(floatJson({ value }))
    }
  })

  it('has texts as JSON.stringify quotes them', () => {
    const all = Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code)).join('')
    for (const text of ['', 'plain', all, 'ä'.repeat(10_000), '"'.repeat(10_000), '😀\u2028']) {
      const bytes = bytesOfText(text)
      expect(written((to) => to.text(bytes, 0, bytes.length))).toBe(JSON.stringify(text))
    }
    expect(() => written((to) => to.text(Uint8Array.of(0x41, 0xc3), 0, 2))).toThrow('a text in it is not UTF-8')
  })

  it('has bytes in base64', () => {
    for (let length = 0; length < 70; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 37)
      expect(written((to) => to.base64(bytes))).toBe(JSON.stringify(Buffer.from(bytes).toString('base64')))
    }
  })

  it('leaves alone what was taken from it', () => {
    const own = new JsonOutput()
    const texts = Array.from({ length: 3_000 }, (_, i) => `value ${i} `.repeat(1 + (i % 50)))
    const taken = texts.map((text, i) => {
      own.begin(1_000_000)
      own.ascii(text)
      if (i % 7 === 0) own.drop()
      if (i === 1_000) own.ascii('x'.repeat(1_000_000))
      return own.take()
    })
    for (const [i, text] of texts.entries()) {
      expect(utf8Text(taken[i]!)!.slice(0, text.length)).toBe(i % 7 === 0 ? '' : text)
    }
  })

  it('grows no longer than the bytes that it was made of let expect', () => {
    const own = new JsonOutput()
    own.begin(0)
    own.ascii('x'.repeat(1 << 20))
    expect(() => own.byte(0x78)).toThrow('written out it is longer than its bytes let expect')
    own.drop()
    own.begin(1 << 20)
    for (let i = 0; i < 64; i += 1) own.ascii('x'.repeat(1 << 20))
    expect(() => own.byte(0x78)).toThrow('written out it is longer than its bytes let expect')
  })
})
