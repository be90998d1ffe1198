import { better, either } from './literal.ts'
import type { FilterRecord, Predicate, Verdict, Wanted } from './predicate.ts'

/** Matches where all of them do. One `no` decides, whatever the others cannot say. */
export function compileAll(parts: readonly Predicate[]): Predicate {
  return {
    literal: parts.map(({ literal }) => literal).reduce(better),
    wanted: wantedBy(parts),
    verdict: (record) => decided(parts, record, 'no', 'match'),
  }
}

/** Matches where one of them does. */
export function compileAny(parts: readonly Predicate[]): Predicate {
  return {
    literal: parts.map(({ literal }) => literal).reduce(either),
    wanted: wantedBy(parts),
    verdict: (record) => decided(parts, record, 'match', 'no'),
  }
}

/** What cannot be judged by a filter cannot be judged by its opposite either. */
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
