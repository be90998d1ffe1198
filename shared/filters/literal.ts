import type { Literal } from './predicate.ts'

/** Shorter ones are in nearly every record. */
const LEAST_BYTES = 2
/** More of them cost more than they save. */
const MOST = 8

export function literal(of: Literal): Literal | null {
  const isUsable = of.anyOf.length > 0 && of.anyOf.length <= MOST
  return isUsable && of.anyOf.every(({ length }) => length >= LEAST_BYTES) ? of : null
}

/** So short a part of a text is in nearly every record: of what is left of a text without its letters most is quotes and commas. */
const LEAST_CASELESS = 3

/**
 * Of a text whose case does not count, its longest part without a letter: it is in every match as it is written. Only ASCII is
 * taken for such, of which each character but a letter stands for itself alone. null: none is long enough to be looked for.
 */
export function caselessPart(text: string): string | null {
  const parts = text.split(/[^\0-@[-`{-\x7f]+/)
  const longest = parts.reduce((most, one) => (one.length > most.length ? one : most), '')
  return longest.length < LEAST_CASELESS ? null : longest
}

/** Of two that every match has, the one that fewer records will have: what is longer. */
export function better(one: Literal | null, other: Literal | null): Literal | null {
  if (one === null || other === null) return one ?? other
  const worth = ({ anyOf, areNames = false }: Literal): number =>
    Math.min(...anyOf.map(({ length }) => length)) - (areNames ? 20_000 : 0)
  return worth(other) > worth(one) ? other : one
}

/** What has one or the other; looked for wherever one of them may be. */
export function either(one: Literal | null, other: Literal | null): Literal | null {
  if (one === null || other === null) return null
  return literal({
    anyOf: [...one.anyOf, ...other.anyOf],
    in: [...new Set([...one.in, ...other.in])],
    ...(one.orEscapes === true || other.orEscapes === true ? { orEscapes: true } : {}),
    ...(one.areNames === true || other.areNames === true ? { areNames: true } : {}),
  })
}
