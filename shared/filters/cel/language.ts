import { Environment, ParseError, TypeError as CelTypeError, type ASTNode } from '@marcbachmann/cel-js'
import { NoFilter } from '../predicate.ts'

/** The names an expression may use, in the order in which they are offered. */
export const variables = {
  key: 'dyn',
  value: 'dyn',
  headers: 'map<string, dyn>',
  partition: 'int',
  offset: 'int',
  timestamp: 'google.protobuf.Timestamp',
  size: 'int',
  keySize: 'int',
  valueSize: 'int',
  headerCount: 'int',
  transactional: 'bool',
  isNull: 'bool',
  keyEncoding: 'string',
  valueEncoding: 'string',
  keyError: 'string',
  valueError: 'string',
} as const
export type VariableName = keyof typeof variables

/** cel-js parses and type-checks expressions; evaluating them is done here. */
const environment = build()

function build(): Environment {
  const made = new Environment({
    unlistedVariablesAreDyn: false,
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 5_000, maxDepth: 100 },
  })
  for (const [name, type] of Object.entries(variables)) made.registerVariable(name, type)
  const stub = (): never => {
    throw new Error('nothing is evaluated by the library')
  }
  const define = (signature: string): unknown => made.registerFunction(signature, stub)
  define('timestamp(google.protobuf.Timestamp): google.protobuf.Timestamp')
  define('duration(google.protobuf.Duration): google.protobuf.Duration')
  define('millis(int): google.protobuf.Timestamp')
  define('string(google.protobuf.Timestamp): string')
  define('string(google.protobuf.Duration): string')
  define('int(google.protobuf.Timestamp): int')
  // Numbers of different types may be compared and calculated with; cel-js has only some of these overloads.
  const kinds = ['int', 'uint', 'double']
  for (const left of kinds) {
    for (const right of kinds) {
      if (left === right) continue
      for (const op of ['==', '<', '<=', '>', '>=', '+', '-', '*', '/']) {
        const type = '=<>'.includes(op.charAt(0)) ? 'bool' : left === 'double' || right === 'double' ? 'double' : 'int'
        try {
          made.registerOperator(`${left} ${op} ${right}: ${type}`, stub)
        } catch {
          // cel-js has this overload already.
        }
      }
    }
  }
  return made
}

/** The checked syntax tree of an expression; throws `NoFilter` with the characters that are wrong. */
export function parse(source: string): ASTNode {
  try {
    const made = environment.parse(source)
    const { error, type } = made.check()
    if (error !== undefined) throw error
    if (type !== 'bool' && type !== 'dyn') {
      throw new NoFilter(`A filter says yes or no of a record; this is of type ${type ?? 'unknown'}.`, 0, source.length)
    }
    return made.ast
  } catch (error) {
    if (!(error instanceof ParseError || error instanceof CelTypeError)) throw error
    const { start = source.length, end = start } = error.range ?? {}
    throw new NoFilter(sentence(error.summary), start, end - start)
  }
}

function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(whole) ? whole : `${whole}.`
}
