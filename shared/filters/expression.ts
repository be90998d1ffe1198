import { Compiler } from './cel/compile.ts'
import { parse } from './cel/language.ts'
import { literalIn } from './cel/literals.ts'
import { CelScope } from './cel/scope.ts'
import { CelFault, typeOf, type Cel } from './cel/values.ts'
import type { ExpressionFilter } from './expression-filter.ts'
import type { FilterKind } from './filter-kind.ts'
import { markedTexts } from './mark-texts.ts'
import type { Predicate, Verdict } from './predicate.ts'

/** A CEL expression. All texts it names are marked in a matching record, because it is not known which of them decided. */
export const expression: FilterKind<ExpressionFilter> = {
  compile,
  places: ({ source }) => markedTexts(namedIn(source), true, true),
}

/** Nothing is true of a missing field: the record does not match, and it is no failure. */
function compile({ source }: ExpressionFilter): Predicate {
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

/** Shorter ones occur everywhere. */
const SHORTEST = 2

/** The texts and numbers in an expression. */
function namedIn(source: string): string[] {
  const found = source.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(?<![\w.])(\d[\d.]*)/g)
  const texts = [...found].map(([, double, single, number]) =>
    (double ?? single ?? number ?? '').replaceAll(/\\(.)/g, '$1'),
  )
  return [...new Set(texts)].filter((text) => text.length >= SHORTEST).slice(0, 20)
}
