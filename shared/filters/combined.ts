import { better, either } from './literal.ts'
import type { FilterRecord, Predicate, Verdict, Wanted } from './predicate.ts'

/** Matches if all of them match. A single `no` decides, even if others cannot be judged. */
export function compileAll(parts: readonly Predicate[]): Predicate {
  return {
    literal: parts.map(({ literal }) => literal).reduce(better),
    wanted: wantedBy(parts),
    verdict: (record) => decided(parts, record, 'no', 'match'),
  }
}

/** Matches if one of them matches. */
export function compileAny(parts: readonly Predicate[]): Predicate {
  return {
    literal: parts.map(({ literal }) => literal).reduce(either),
    wanted: wantedBy(parts),
    verdict: (record) => decided(parts, record, 'match', 'no'),
  }
}

/** A record that cannot be judged by a filter cannot be judged by its negation either. */
export function compileNot({ verdict, wanted }: Predicate): Predicate {
  return {
    literal: null,
    wanted,
    verdict: (record) => {
      const found = verdict(record)
      return found === 'match' ? 'no' : found === 'no' ? 'match' : found
    },
  }
}

function wantedBy(parts: readonly Predicate[]): Wanted {
  const of = (part: keyof Wanted): Wanted['key'] =>
    parts.some(({ wanted }) => wanted[part] === null) ? null : parts.flatMap(({ wanted }) => wanted[part]!) // some() found no null
  return { key: of('key'), value: of('value') }
}

/** `unknown` might still be decided by the whole record; what cannot be judged stays so. */
function decided(parts: readonly Predicate[], record: FilterRecord, decides: Verdict, otherwise: Verdict): Verdict {
  let found: Verdict = otherwise
  for (const { verdict } of parts) {
    const one = verdict(record)
    if (one === decides) return one
    if (one === 'unknown' || (one !== otherwise && found === otherwise)) found = one
  }
  return found
}
