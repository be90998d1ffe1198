import { expect, test } from 'vitest'
import { crc32c } from './crc32c.ts'
import { compress } from './compression.ts'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

test('matches the published check values', () => {
  expect(crc32c(ascii('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa) // RFC 3720, B.4
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
})

test('an empty range is 0, even right after the WebAssembly memory has grown', () => {
  compress('lz4', new Uint8Array(8 << 20))
  expect(crc32c(new Uint8Array(0))).toBe(0)
  expect(crc32c(ascii('x123456789y'), 1, 10)).toBe(0xe3069283)
})
