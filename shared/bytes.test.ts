import { describe, expect, it } from 'vitest'
import { base64Text, bytesOfBase64, bytesOfHex, bytesOfText, hexText, utf8Text, wholeCharacters } from './bytes.ts'

describe('bytes in a spelling', () => {
  it('come back as they were', () => {
    const all = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff)
    expect(bytesOfHex(hexText(all))).toEqual(all)
    expect(bytesOfBase64(base64Text(all))).toEqual(all)
    expect(base64Text(all)).toBe(Buffer.from(all).toString('base64'))
    expect(utf8Text(bytesOfText('\ufeffgrößer😀'))).toBe('\ufeffgrößer😀')
  })

  it('are refused where they are none', () => {
    expect(utf8Text(Uint8Array.of(0xff))).toBeNull()
    expect([bytesOfHex('abc'), bytesOfHex('zz'), bytesOfBase64('%%')]).toEqual([null, null, null])
    expect(bytesOfHex('0xDE AD')).toEqual(Uint8Array.of(0xde, 0xad))
  })

  it('lose only the character that a slice cut in two', () => {
    const bytes = bytesOfText('aé€😀')
    const texts = Array.from({ length: bytes.length + 1 }, (_, end) =>
      utf8Text(wholeCharacters(bytes.subarray(0, end))),
    )
    expect(texts).toEqual(['', 'a', 'a', 'aé', 'aé', 'aé', 'aé€', 'aé€', 'aé€', 'aé€', 'aé€😀'])
    // No text stays none.
    expect(utf8Text(wholeCharacters(Uint8Array.of(0x61, 0xff, 0x62)))).toBeNull()
    expect(utf8Text(wholeCharacters(Uint8Array.of(0x80, 0x80, 0x80, 0x80)))).toBeNull()
  })
})
