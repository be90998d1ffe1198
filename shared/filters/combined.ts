import type { FilterRecord, Literal, Predicate, Verdict } from './predicate.ts'

/** Matches where all of them do. One `no` decides, whatever the others cannot say. */
export function compileAll(parts: readonly Predicate[]): Predicate {
  return {
    literal: parts.map(({ literal }) => literal).reduce(better, null),
    verdict: (record) => decided(parts, record, 'no', 'match'),
  }
}

/** Matches where one of them does. */
export function compileAny(parts: readonly Predicate[]): Predicate {
  return {
    literal: parts.map(({ literal }) => literal).reduce(either),
    verdict: (record) => decided(parts, record, 'match', 'no'),
  }
}

/** What cannot be judged by a filter cannot be judged by its opposite either. */
export function compileNot({ verdict }: Predicate): Predicate {
  return {
    literal: null,
    verdict: (record) => {
      const found = verdict(record)
      return found === 'match' ? 'no' : found === 'no' ? 'match' : found
    },
  }
}

/** What is unknown might still decide; what cannot be judged never will. */
function decided(parts: readonly Predicate[], record: FilterRecord, decides: Verdict, otherwise: Verdict): Verdict {
  let found: Verdict = otherwise
  for (const { verdict } of parts) {
    const one = verdict(record)
    if (one === decides) return one
    if (one === 'unknown' || (one !== otherwise && found === otherwise)) found = one
  }
  return found
}

/** The one that fewer records have: fewer alternatives, longer ones, fewer places. */
function better(one: Literal | null, other: Literal | null): Literal | null {
  if (one === null || other === null) return one ?? other
  const shortest = ({ anyOf }: Literal): number => Math.min(...anyOf.map(({ length }) => length))
  return shortest(other) > shortest(one) ? other : one
}

/** More of them cost more than they save. */
const MOST = 8

/** What has one or the other; looked for wherever one of them may be. */
function either(one: Literal | null, other: Literal | null): Literal | null {
  if (one === null || other === null || one.anyOf.length + other.anyOf.length > MOST) return null
  return { anyOf: [...one.anyOf, ...other.anyOf], in: [...new Set([...one.in, ...other.in])] }
}
