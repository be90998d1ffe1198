import { Compiler } from './cel/compile.ts'
import { parse } from './cel/language.ts'
import { literalIn } from './cel/literals.ts'
import { CelScope } from './cel/scope.ts'
import { CelFault, typeOf, type Cel } from './cel/values.ts'
import type { ExpressionFilter } from './expression-filter.ts'
import type { Predicate, Verdict } from './predicate.ts'

/** Of a field that a record does not have nothing is true: it is no match, and no failure. */
export function compileExpression({ source }: ExpressionFilter): Predicate {
  const node = parse(source)
  const scope = new CelScope()
  const evaluate = new Compiler(scope).compile(node)
  return {
    literal: literalIn(node),
    wanted: { key: scope.key.wanted, value: scope.value.wanted },
    verdict: (record) => {
      scope.at(record)
      const found = evaluate(scope)
      return found === true ? 'match' : found === false ? 'no' : undecided(found)
    },
  }
}

function undecided(found: Cel | CelFault): Verdict {
  if (found === null) return 'no'
  if (!(found instanceof CelFault)) return { cannot: 'failed', why: `a ${typeOf(found)} is neither true nor false` }
  const { why, detail } = found
  if (why === 'absent') return 'no'
  return why === 'unknown' ? why : { cannot: why, why: detail }
}
