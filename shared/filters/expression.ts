import { Compiler } from './cel/compile.ts'
import { parse } from './cel/language.ts'
import { literalIn } from './cel/literals.ts'
import { CelScope } from './cel/scope.ts'
import { CelFault, typeOf, type Cel } from './cel/values.ts'
import type { ExpressionFilter } from './expression-filter.ts'
import type { FilterKind } from './filter-kind.ts'
import { markedTexts } from './mark-texts.ts'
import type { Predicate, Verdict } from './predicate.ts'

/** An expression in CEL. What it names is marked wherever it stands: which of it decided is not known. */
export const expression: FilterKind<ExpressionFilter> = {
  compile,
  places: ({ source }) => markedTexts(namedIn(source), true, true),
}

/** Of a field that a record does not have nothing is true: it is no match, and no failure. */
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

/** One letter or digit stands everywhere. */
const SHORTEST = 2

/** The texts and numbers that an expression names. */
function namedIn(source: string): string[] {
  const found = source.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(?<![\w.])(\d[\d.]*)/g)
  const texts = [...found].map(([, double, single, number]) =>
    (double ?? single ?? number ?? '').replaceAll(/\\(.)/g, '$1'),
  )
  return [...new Set(texts)].filter((text) => text.length >= SHORTEST).slice(0, 20)
}
