/* Decimal numbers as digits and a scale: exact, and of a bounded length. */

/** `unscaled` × 10^-`scale`. */
export interface Decimal {
  unscaled: bigint
  scale: number
}

/** Digits that a number may be written out with: an exponent of eight letters asks for a hundred million. */
export const MOST_DIGITS = 10_000

/** "12.50": plain digits with all of the scale. null: too many. */
export function decimalText({ unscaled, scale }: Decimal): string | null {
  if (Math.abs(scale) > MOST_DIGITS) return null
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** Of a number as JSON or a person writes it. null: it is none, or has too many digits. */
export function decimalOf(text: string): Decimal | null {
  const found = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (found === null || text.length > MOST_DIGITS) return null
  const [, sign, whole, part = '', exponent = '0'] = found
  const scale = part.length - Number(exponent)
  if (Math.abs(scale) > MOST_DIGITS) return null
  return { unscaled: BigInt(`${whole}${part}`) * (sign === '-' ? -1n : 1n), scale }
}
