import type { ASTNode } from '@marcbachmann/cel-js'
import { bytesOfText } from '../../bytes.ts'
import type { ValuePath } from '../../model/row-field.ts'
import { NoFilter } from '../predicate.ts'
import { re2Of } from '../regex.ts'
import type { Eval } from './evals.ts'
import { facts } from './facts.ts'
import { functions } from './functions.ts'
import { variables, type VariableName } from './language.ts'
import { macros, noBool } from './macros.ts'
import { isGoogleType, pathOf } from './paths.ts'
import { binary, type BinaryOperator } from './operators.ts'
import { undecodedWhy, type PartFields, type CelScope } from './scope.ts'
import {
  absent,
  Double,
  failed,
  CelFault,
  intOf,
  overTime,
  TypeName,
  typeOf,
  worse,
  type Cel,
  type Key,
} from './values.ts'

/** The variables of macros and `cel.bind`, each with its index in the scope's locals. */
type Names = ReadonlyMap<string, number>

/**
 * Compiles the syntax tree that cel-js has parsed and type-checked into closures. The evaluator of cel-js is not used: it
 * throws for a missing field, has regular expressions that backtrack, has no limit on steps, and needs values that were decoded
 * whole.
 */
export class Compiler {
  readonly #scope: CelScope

  constructor(scope: CelScope) {
    this.#scope = scope
  }

  compile(node: ASTNode, names: Names = new Map()): Eval {
    switch (node.op) {
      case 'value':
        return constant(literalOf(node.args))
      case 'id':
        return this.#name(node.args, names)
      case '.':
      case '[]':
        return this.#access(node, names)
      case 'call':
        return this.#call(node, names)
      case 'rcall':
        return this.#method(node, names)
      case 'list':
        return this.#all(node.args, names, (values) => values)
      case 'map':
        return this.#map(node.args, names)
      case '?:':
        return this.#choice(node.args, names)
      case '&&':
        return this.#logical(node.args, names, false)
      case '||':
        return this.#logical(node.args, names, true)
      case '!_':
        return this.#strict(
          [node.args],
          names,
          ([of]) => (typeof of === 'boolean' ? !of : of === null ? absent : failed(`there is no !${typeOf(of!)}`)), // an operator with one operand is given one value
        )
      case '-_':
        return this.#negative(node.args, names)
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
      case 'in':
        return this.#binary(node.op, node.args, names)
      default:
        throw new NoFilter('This is not supported in a filter.', node.start, node.end - node.start)
    }
  }

  #name(name: string, names: Names): Eval {
    const local = names.get(name)
    if (local !== undefined) return ({ locals }) => locals[local]! // the scope has an entry per local
    if (Object.hasOwn(variables, name)) return this.#variable(name as VariableName)
    return constant(new TypeName(name === 'null_type' ? 'null' : name))
  }

  #variable(name: VariableName): Eval {
    switch (name) {
      case 'key':
      case 'value': {
        const slot = this.#scope[name].want([])
        return (scope) => scope[name].at(slot, true)
      }
      case 'headers':
        return (scope) => scope.headers()
      case 'keyEncoding':
        return ({ key }) => key.as()?.encoding ?? ''
      case 'valueEncoding':
        return ({ value }) => value.as()?.encoding ?? ''
      case 'keyError':
        return ({ key }) => errorOf(key)
      case 'valueError':
        return ({ value }) => errorOf(value)
      default: {
        const read = facts[name]
        return ({ record }) => read(record)
      }
    }
  }

  /** A path into a key or value is looked up in the bytes; any other object is evaluated first. */
  #access(node: ASTNode, names: Names): Eval {
    const path = pathOf(node, names)
    if (path !== null) {
      const { root, steps } = path
      if (root === 'headers') {
        const [first] = steps
        if (steps.length === 1 && typeof first === 'string') {
          const name = bytesOfText(first)
          return (scope) => scope.header(name)
        }
      } else {
        const slot = this.#scope[root].want(steps)
        return (scope) => scope[root].at(slot, false)
      }
    }
    const args = node.args as [ASTNode, ASTNode | string]
    const of = this.compile(args[0], names)
    if (typeof args[1] === 'string') {
      const name = args[1]
      if (isGoogleType(node)) return constant(new TypeName(name === 'Timestamp' ? 'timestamp' : 'duration'))
      return (scope) => {
        const value = of(scope)
        return value instanceof CelFault ? value : fieldOf(value, name)
      }
    }
    const by = this.compile(args[1], names)
    return (scope) => {
      const value = of(scope)
      if (value instanceof CelFault) return value
      const key = by(scope)
      return key instanceof CelFault ? key : fieldOf(value, key)
    }
  }

  #call(node: ASTNode & { op: 'call' }, names: Names): Eval {
    const [name, args] = node.args
    if (name === 'has') return this.#has(args[0]!, names) // cel-js accepts `has` only with one argument
    return this.#function(name, args, names, node)
  }

  /** False also where the object that should have the field is missing. */
  #has(node: ASTNode, names: Names): Eval {
    const path = pathOf(node, names)
    if (path !== null && path.root !== 'headers' && path.steps.length > 0) {
      const { root, steps } = path
      const slot = this.#scope[root].want(steps)
      return (scope) => scope[root].has(slot)
    }
    const of = this.compile(node, names)
    return (scope) => {
      const found = of(scope)
      return found instanceof CelFault ? (found === absent ? false : found) : true
    }
  }

  #method(node: ASTNode & { op: 'rcall' }, names: Names): Eval {
    const [name, receiver, args] = node.args
    if (name === 'bind' && receiver.op === 'id' && receiver.args === 'cel') return this.#bind(args, names)
    if (macros.has(name) && args.length >= 2 && args[0]!.op === 'id') return this.#macro(name, receiver, args, names) // args.length >= 2
    return this.#function(name, [receiver, ...args], names, node)
  }

  #function(name: string, args: readonly ASTNode[], names: Names, node: ASTNode): Eval {
    const made = Object.hasOwn(functions, name) ? functions[name] : undefined
    if (made === undefined) throw new NoFilter(`A filter has no function ${name}.`, node.start, node.end - node.start)
    const pattern = args[1]
    if (name === 'matches' && pattern?.op === 'value' && typeof pattern.args === 'string') {
      checkPattern(pattern, pattern.args)
    }
    return this.#strict(args, names, (values, scope) => {
      const [first] = values
      // Long texts cost steps in proportion to their length.
      if (typeof first === 'string' && first.length > 1_000 && !scope.take(first.length >> 6)) return overTime
      return made(values)
    })
  }

  /** Evaluates all operands first; if several fail, the worst fault is the result. */
  #strict(args: readonly ASTNode[], names: Names, make: (values: Cel[], scope: CelScope) => Cel | CelFault): Eval {
    const evals = args.map((arg) => this.compile(arg, names))
    return (scope) => {
      const values: Cel[] = []
      let fault: CelFault | null = null
      for (const one of evals) {
        const value = one(scope)
        if (value instanceof CelFault) fault = fault === null ? value : worse(fault, value)
        else values.push(value)
      }
      return fault ?? make(values, scope)
    }
  }

  #all(args: readonly ASTNode[], names: Names, make: (values: Cel[]) => Cel): Eval {
    // Most lists consist of literals: such a list is built once for all records.
    const literals = args.flatMap((arg) => (arg.op === 'value' ? [literalOf(arg.args)] : []))
    if (args.length > 0 && literals.length === args.length) return constant(make(literals))
    return this.#strict(args, names, make)
  }

  #map(entries: readonly [ASTNode, ASTNode][], names: Names): Eval {
    return this.#strict(entries.flat(), names, (values) => {
      const made = new Map<Key, Cel>()
      for (let i = 0; i < values.length; i += 2) {
        const key = values[i]! // i < values.length
        if (key === null || typeof key === 'object') return failed(`a ${typeOf(key)} is no key of a map`)
        made.set(key, values[i + 1]!) // keys and values alternate
      }
      return made
    })
  }

  #choice([condition, left, right]: readonly [ASTNode, ASTNode, ASTNode], names: Names): Eval {
    const [when, then, otherwise] = [condition, left, right].map((node) => this.compile(node, names)) as [Eval, Eval, Eval] // oxfmt-ignore
    return (scope) => {
      const found = when(scope)
      if (found === true) return then(scope)
      if (found === false) return otherwise(scope)
      return found instanceof CelFault ? found : noBool(found)
    }
  }

  /** If one operand decides the result, it does so even if the other is a fault. */
  #logical([left, right]: readonly [ASTNode, ASTNode], names: Names, decides: boolean): Eval {
    const one = this.compile(left, names)
    const other = this.compile(right, names)
    return (scope) => {
      const a = one(scope)
      if (a === decides) return a
      const b = other(scope)
      if (b === decides) return b
      if (a === !decides && b === !decides) return a
      const faults = [a, b]
        .filter((of) => typeof of !== 'boolean')
        .map((of) => (of instanceof CelFault ? of : noBool(of)))
      return faults.reduce(worse)
    }
  }

  #negative(node: ASTNode, names: Names): Eval {
    if (node.op === 'value') {
      const of = negative(literalOf(node.args))
      if (!(of instanceof CelFault)) return constant(of)
    }
    return this.#strict([node], names, ([of]) => negative(of!)) // an operator with one operand is given one value
  }

  #binary(op: BinaryOperator, [left, right]: readonly [ASTNode, ASTNode], names: Names): Eval {
    if (op === 'in' && left.op === 'value' && typeof left.args === 'string') {
      // The name of a field of an object is looked up in the bytes, without building the object.
      const path = pathOf(right, names)
      if (path !== null && path.root !== 'headers')
        return this.#nameIn(path.root, [...path.steps, left.args], right, names)
      if (path?.steps.length === 0) {
        const name = bytesOfText(left.args)
        return (scope) => {
          const found = scope.header(name)
          return found instanceof CelFault ? (found === absent ? false : found) : true
        }
      }
    }
    const make = binary[op]
    const one = this.#scalar(op, left, right, names) ?? this.compile(left, names)
    if (right.op === 'value') {
      const value = literalOf(right.args)
      return (scope) => {
        const a = one(scope)
        return a instanceof CelFault ? a : make(a, value)
      }
    }
    const other = this.compile(right, names)
    return (scope) => {
      const a = one(scope)
      const b = other(scope)
      if (a instanceof CelFault) return b instanceof CelFault ? worse(a, b) : a
      return b instanceof CelFault ? b : make(a, b)
    }
  }

  /** A field compared with a literal. */
  #scalar(op: BinaryOperator, left: ASTNode, right: ASTNode, names: Names): Eval | null {
    if (right.op !== 'value' || !['==', '!=', '<', '<=', '>', '>='].includes(op)) return null
    const path = pathOf(left, names)
    if (path === null || path.root === 'headers' || path.steps.length === 0) return null
    const { root, steps } = path
    const slot = this.#scope[root].want(steps)
    return (scope) => scope[root].scalarAt(slot)
  }

  /** A list may contain the name as an item. */
  #nameIn(root: 'key' | 'value', steps: ValuePath, right: ASTNode, names: Names): Eval {
    const slot = this.#scope[root].want(steps)
    const whole = this.compile(right, names)
    const name = steps.at(-1) as string
    return (scope) => {
      const found = scope[root].has(slot)
      if (found !== false) return found
      const of = whole(scope)
      return of instanceof CelFault ? of : binary.in(name, of)
    }
  }

  #bind(args: readonly ASTNode[], names: Names): Eval {
    const [name, of, body] = args
    const local = names.size
    const value = this.compile(of!, names) // cel-js accepts `cel.bind` only with three arguments
    const made = this.compile(body!, new Map([...names, [name!.args as string, local]])) // cel-js accepts `cel.bind` only with three arguments
    return (scope) => {
      const found = value(scope)
      if (found instanceof CelFault) return found
      scope.locals[local] = found
      return made(scope)
    }
  }

  #macro(name: string, receiver: ASTNode, args: readonly ASTNode[], names: Names): Eval {
    const local = names.size
    const inner = new Map([...names, [args[0]!.args as string, local] as const]) // the caller checked that there is an argument
    const of = this.compile(receiver, names)
    const [first, second] = args.slice(1).map((arg) => this.compile(arg, inner)) as [Eval, Eval | undefined]
    const run = macros.get(name)! // the caller checked that the name is a macro's
    return (scope) => {
      const found = of(scope)
      if (found instanceof CelFault) return found
      const items = Array.isArray(found) ? found : found instanceof Map ? [...found.keys()] : null
      if (items === null) return found === null ? absent : failed(`${name} takes a list or a map, and not a ${typeOf(found)}`)
      return run(items, (item, body = first) => {
        if (!scope.take(1)) return overTime
        scope.locals[local] = item
        return body(scope)
      }, second)
    }
  } // oxfmt-ignore
}

const constant =
  (value: Cel): Eval =>
  () =>
    value

function literalOf(of: (ASTNode & { op: 'value' })['args']): Cel {
  if (typeof of === 'bigint') return intOf(of)
  if (typeof of === 'number') return new Double(of)
  if (of === null || typeof of !== 'object' || of instanceof Uint8Array) return of
  return intOf(BigInt(of.valueOf()))
}

function negative(of: Cel): Cel | CelFault {
  if (typeof of === 'number') return 0 - of
  if (typeof of === 'bigint') return intOf(-of)
  if (of instanceof Double) return new Double(-of.value)
  return of === null ? absent : failed(`there is no -${typeOf(of)}`)
}

/** Values without fields behave like an object without this field. */
function fieldOf(of: Cel, key: Cel): Cel | CelFault {
  if (of instanceof Map) {
    const by = key instanceof Double && Number.isInteger(key.value) ? key.value : key
    return typeof by === 'object' ? absent : (of.get(by) ?? (of.has(by) ? null : absent))
  }
  if (!Array.isArray(of)) return absent
  const at = key instanceof Double ? key.value : key
  return typeof at === 'number' && Number.isInteger(at) && at >= 0 && at < of.length ? of[at]! : absent // at < of.length
}

function checkPattern(node: ASTNode, pattern: string): void {
  try {
    re2Of(pattern, true)
  } catch (error) {
    if (!(error instanceof NoFilter)) throw error
    throw new NoFilter(error.message, node.start, node.end - node.start)
  }
}

function errorOf(part: PartFields): string {
  const as = part.as()
  return as === null ? '' : (undecodedWhy(as) ?? '')
}
