/** Decimal numbers as digits and a scale: exact, and of a bounded length. */

/** `unscaled` × 10^-`scale`. */
export interface Decimal {
  unscaled: bigint
  scale: number
}

/** The most digits that a number is written out with: an exponent of eight digits would ask for a hundred million. */
export const MOST_DIGITS = 10_000

/** "12.50": plain digits with all of the scale. null: too many. */
export function decimalText({ unscaled, scale }: Decimal): string | null {
  if (Math.abs(scale) > MOST_DIGITS) return null
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** Parses a number as JSON or a person writes it. null: it is not a number, or has too many digits. */
export function decimalOf(text: string): Decimal | null {
  const found = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (found === null || text.length > MOST_DIGITS) return null
  const [, sign, whole, part = '', exponent = '0'] = found
  const scale = part.length - Number(exponent)
  if (Math.abs(scale) > MOST_DIGITS) return null
  return { unscaled: BigInt(`${whole}${part}`) * (sign === '-' ? -1n : 1n), scale }
}

/** The same number with another scale. null: it does not fit that scale, or has too many digits. */
export function rescaled({ unscaled, scale }: Decimal, to: number): bigint | null {
  if (Math.abs(to - scale) > MOST_DIGITS) return null
  if (to >= scale) return unscaled * 10n ** BigInt(to - scale)
  const factor = 10n ** BigInt(scale - to)
  return unscaled % factor === 0n ? unscaled / factor : null
}

/** A big-endian two's complement integer. */
export function bigOfBytes(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n
  const all = BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`)
  return bytes[0]! < 0x80 ? all : all - (1n << BigInt(8 * bytes.length)) // its length was checked
}

/** As the fewest bytes that hold it, or as `size` bytes. null: it does not fit. */
export function bytesOfBig(value: bigint, size: number = fewestBytes(value)): Uint8Array<ArrayBuffer> | null {
  const half = 1n << BigInt(8 * size - 1)
  if (value >= half || value < -half) return null
  const hex = BigInt.asUintN(8 * size, value)
    .toString(16)
    .padStart(2 * size, '0')
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

/** One bit more than its digits, or those of its complement, take. */
function fewestBytes(value: bigint): number {
  return Math.floor((value < 0n ? ~value : value).toString(2).length / 8) + 1
}
