import { compileAll, compileAny, compileNot } from './combined.ts'
import type { RecordFilter } from './filter.ts'
import { kindOf } from './filter-kinds.ts'
import { NoFilter, type FilterProblem, type Predicate } from './predicate.ts'

/** The predicate of a filter, or what is wrong with the filter. */
export function compileFilter(filter: RecordFilter): Predicate | FilterProblem {
  const path: number[] = []
  try {
    return compiled(filter, path)
  } catch (error) {
    if (!(error instanceof NoFilter)) throw error
    return { message: error.message, at: error.at, length: error.length, path }
  }
}

export function isProblem(compiled: Predicate | FilterProblem): compiled is FilterProblem {
  return 'message' in compiled
}

/** For a filter that is known to be valid: checked before, or made by us. */
export function predicateOf(filter: RecordFilter): Predicate {
  const made = compileFilter(filter)
  if (isProblem(made)) throw new Error(made.message)
  return made
}

/** `path` is the place of the filter being compiled among the filters; if one fails, it keeps that filter's place. */
function compiled(filter: RecordFilter, path: number[]): Predicate {
  switch (filter.kind) {
    case 'all':
    case 'any': {
      const parts = filter.of.map((one, at) => within(one, at, path))
      return filter.kind === 'all' ? compileAll(parts) : compileAny(parts)
    }
    case 'not':
      return compileNot(within(filter.of, 0, path))
    default:
      return kindOf(filter).compile(filter)
  }
}

function within(filter: RecordFilter, at: number, path: number[]): Predicate {
  path.push(at)
  const made = compiled(filter, path)
  path.pop()
  return made
}
