import type { Literal } from './predicate.ts'

/** Shorter ones occur in nearly every record. */
const LEAST_BYTES = 2
/** Searching for more of them costs more than it saves. */
const MOST = 8

export function literal(of: Literal): Literal | null {
  const isUsable = of.anyOf.length > 0 && of.anyOf.length <= MOST
  return isUsable && of.anyOf.every(({ length }) => length >= LEAST_BYTES) ? of : null
}

/** A shorter part occurs in nearly every record: a text without its letters is mostly quotes and commas. */
const LEAST_CASELESS = 3

/**
 * For a text whose case does not matter: its longest part without letters, which appears in every match exactly as written.
 * ASCII only, where each character except a letter has just one form. null: none is long enough to search for.
 */
export function caselessPart(text: string): string | null {
  const parts = text.split(/[^\0-@[-`{-\x7f]+/)
  const longest = parts.reduce((most, one) => (one.length > most.length ? one : most), '')
  return longest.length < LEAST_CASELESS ? null : longest
}

/** Of two literals that every match contains, the one that fewer records contain: the longer one. */
export function better(one: Literal | null, other: Literal | null): Literal | null {
  if (one === null || other === null) return one ?? other
  const worth = ({ anyOf, areNames = false }: Literal): number =>
    Math.min(...anyOf.map(({ length }) => length)) - (areNames ? 20_000 : 0)
  return worth(other) > worth(one) ? other : one
}

/** For matches that contain one literal or the other; searched for in the parts of both. */
export function either(one: Literal | null, other: Literal | null): Literal | null {
  if (one === null || other === null) return null
  return literal({
    anyOf: [...one.anyOf, ...other.anyOf],
    in: [...new Set([...one.in, ...other.in])],
    ...(one.orEscapes === true || other.orEscapes === true ? { orEscapes: true } : {}),
    ...(one.areNames === true || other.areNames === true ? { areNames: true } : {}),
  })
}
