import { Environment, EvaluationError, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js'
import { utf8Text } from '../bytes.ts'
import { isReadable } from '../model/decoded.ts'
import type { ExpressionFilter } from './expression-filter.ts'
import { NoFilter, type FilterPart, type FilterRecord, type Predicate, type Verdict } from './predicate.ts'

/** What an expression may name. */
const environment = new Environment({ unlistedVariablesAreDyn: false })
  .registerVariable('key', 'dyn')
  .registerVariable('value', 'dyn')
  .registerVariable('headers', 'map<string, dyn>')
  .registerVariable('partition', 'int')
  .registerVariable('offset', 'int')
  .registerVariable('timestamp', 'google.protobuf.Timestamp')
  .registerVariable('keySize', 'int')
  .registerVariable('valueSize', 'int')
  .registerVariable('headerCount', 'int')
  .registerVariable('transactional', 'bool')
  .registerVariable('isNull', 'bool')

class Undecided extends Error {}

export function compileExpression({ source }: ExpressionFilter): Predicate {
  const evaluate = parsed(source)
  return {
    literal: null,
    verdict: (record): Verdict => {
      try {
        const found: unknown = evaluate(contextOf(record))
        return found === true ? 'match' : found === false ? 'no' : { cannot: 'failed', why: 'it is neither true nor false' }
      } catch (error) {
        if (error instanceof Undecided) return 'unknown'
        if (!(error instanceof EvaluationError)) throw error
        return error.code === 'no_such_key' ? 'no' : { cannot: 'failed', why: error.summary }
      }
    },
  } // prettier-ignore
}

function parsed(source: string): (context: object) => unknown {
  try {
    const made = environment.parse(source)
    const { error } = made.check()
    if (error !== undefined) throw error
    return made
  } catch (error) {
    if (!(error instanceof ParseError || error instanceof CelTypeError)) throw error
    const { start = 0, end = start } = error.range ?? {}
    throw new NoFilter(`${error.summary}.`, start, end - start)
  }
}

/** Without a prototype, on which names would be found that nobody means. */
function contextOf(record: FilterRecord): object {
  return {
    __proto__: null,
    get key() {
      return valueOf(record.key())
    },
    get value() {
      return valueOf(record.value())
    },
    get headers() {
      const headers = record.headers()
      if (headers === 'unknown') throw new Undecided()
      const all = new Map<string, unknown>()
      for (const { name, value } of headers ?? []) all.set(String(valueOf(name)), valueOf(value))
      return all
    },
    partition: BigInt(record.partition),
    offset: record.offset,
    timestamp: new Date(Number(record.timestamp)),
    keySize: BigInt(record.keySize),
    valueSize: BigInt(record.valueSize),
    headerCount: BigInt(record.headerCount),
    transactional: record.isTransactional,
    isNull: record.valueSize < 0,
  }
}

function valueOf(part: FilterPart | null): unknown {
  if (part === null) return null
  if (!part.isWhole) throw new Undecided()
  const { bytes, start, end, form } = part
  const text = isReadable(form) ? utf8Text(bytes.subarray(start, end)) : null
  return text === null ? bytes.slice(start, end) : form === 'json' ? (JSON.parse(text) as unknown) : text
}
