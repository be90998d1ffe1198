export type ParsedOffset = { ok: true; value: bigint } | { ok: false; message: string }

export interface OffsetLimits {
  /** Inclusive. Defaults to 0. */
  min?: bigint | undefined
  /** Inclusive. Defaults to the largest int64. */
  max?: bigint | undefined
  /** What the number is called in a message: "offset", "count", … */
  noun?: string | undefined
}

export const INT64_MAX = 9_223_372_036_854_775_807n

/**
 * Reads an integer as people paste it: grouped by spaces, thin spaces, commas, underscores or apostrophes. It never goes
 * through Number, which would round it.
 */
export function parseOffset(text: string, limits: OffsetLimits = {}): ParsedOffset {
  const noun = limits.noun ?? 'offset'
  const min = limits.min ?? 0n
  const max = limits.max ?? INT64_MAX
  const compact = text.trim().replace(/\u2212/g, '-')
  if (compact === '') return { ok: false, message: `Enter ${article(noun)} ${noun}.` }
  if (/^[+-]?\d+[.]\d{1,2}$/.test(compact) || /[a-z]/i.test(compact)) return notANumber(noun)
  const digits = compact.replace(/(?<=\d)[\s\u2009\u202f\u00a0_,'’.](?=\d{3}(?:\D|$))/g, '')
  if (!/^[+-]?\d+$/.test(digits)) return notANumber(noun)
  const value = BigInt(digits.replace('+', ''))
  if (value < 0n && min >= 0n) return { ok: false, message: `${capital(noun)}s are never negative.` }
  if (value < min) return { ok: false, message: `The lowest ${noun} here is ${min}.` }
  if (value > INT64_MAX) return { ok: false, message: `${capital(noun)}s have 64 bits; this one is larger.` }
  if (value > max) return { ok: false, message: `The highest ${noun} here is ${max}.` }
  return { ok: true, value }
}

function notANumber(noun: string): ParsedOffset {
  return { ok: false, message: `${capital(article(noun))} ${noun} is a whole number, such as 48 211 907.` }
}

const article = (noun: string) => (/^[aeiou]/.test(noun) ? 'an' : 'a')
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
