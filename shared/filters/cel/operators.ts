import { bounded, checkedInt, MOST_LENGTH } from './functions.ts'
import {
  absent,
  compared,
  Double,
  failed,
  CelFault,
  isEqual,
  Moment,
  numeric,
  CelDuration,
  tooLong,
  typeOf,
  type Cel,
} from './values.ts'

export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | 'in'
type Binary = (a: Cel, b: Cel) => Cel | CelFault

const ordered =
  (holds: (order: number) => boolean): Binary =>
  (a, b) => {
    const order = compared(a, b)
    return order instanceof CelFault ? order : holds(order)
  }

export const binary: Readonly<Record<BinaryOperator, Binary>> = {
  '==': (a, b) => isEqual(a, b),
  '!=': (a, b) => !isEqual(a, b),
  '<': ordered((order) => order < 0),
  '<=': ordered((order) => order <= 0),
  '>': ordered((order) => order > 0),
  '>=': ordered((order) => order >= 0),
  in: (item, of) => {
    if (Array.isArray(of)) return of.some((one) => isEqual(one, item))
    if (!(of instanceof Map)) return of === null ? absent : failed(`nothing is in a ${typeOf(of)}`)
    if (item instanceof Double) return Number.isInteger(item.value) && of.has(item.value)
    return typeof item === 'object' ? false : of.has(item)
  },
  '+': (a, b) => {
    if (typeof a === 'string' && typeof b === 'string') return bounded(a + b)
    if (a instanceof Moment && b instanceof CelDuration) return new Moment(a.nanos + b.nanos)
    if (a instanceof CelDuration && b instanceof Moment) return new Moment(a.nanos + b.nanos)
    if (a instanceof CelDuration && b instanceof CelDuration) return new CelDuration(a.nanos + b.nanos)
    if (Array.isArray(a) && Array.isArray(b)) return a.length + b.length > MOST_LENGTH ? tooLong : [...a, ...b]
    if (a instanceof Uint8Array && b instanceof Uint8Array) {
      return a.length + b.length > MOST_LENGTH ? tooLong : Uint8Array.from([...a, ...b])
    }
    return calculated(a, b, '+')
  },
  '-': (a, b) => {
    if (a instanceof Moment && b instanceof Moment) return new CelDuration(a.nanos - b.nanos)
    if (a instanceof Moment && b instanceof CelDuration) return new Moment(a.nanos - b.nanos)
    if (a instanceof CelDuration && b instanceof CelDuration) return new CelDuration(a.nanos - b.nanos)
    return calculated(a, b, '-')
  },
  '*': (a, b) => calculated(a, b, '*'),
  '/': (a, b) => calculated(a, b, '/'),
  '%': (a, b) => calculated(a, b, '%'),
}

type Arithmetic = '+' | '-' | '*' | '/' | '%'

/** Two ints give an int, exact or a fault; with a double the result is a double. */
function calculated(a: Cel, b: Cel, op: Arithmetic): Cel | CelFault {
  const x = numeric(a)
  const y = numeric(b)
  if (x === null || y === null) {
    return a === null || b === null ? absent : failed(`there is no ${typeOf(a)} ${op} ${typeOf(b)}`)
  }
  if (a instanceof Double || b instanceof Double) return new Double(ofDoubles(Number(x), Number(y), op))
  if ((op === '/' || op === '%') && Number(y) === 0) return failed('an int is divided by zero')
  if (typeof x === 'number' && typeof y === 'number') {
    const made = op === '/' ? Math.trunc(x / y) : ofDoubles(x, y, op)
    // −0 equals 0.
    if (Number.isSafeInteger(made)) return made + 0
  }
  const [i, j] = [BigInt(x), BigInt(y)]
  switch (op) {
    case '+':
      return checkedInt(i + j)
    case '-':
      return checkedInt(i - j)
    case '*':
      return checkedInt(i * j)
    case '/':
      return checkedInt(i / j)
    case '%':
      return checkedInt(i % j)
  }
}

function ofDoubles(x: number, y: number, op: Arithmetic): number {
  switch (op) {
    case '+':
      return x + y
    case '-':
      return x - y
    case '*':
      return x * y
    case '/':
      return x / y
    case '%':
      return x % y
  }
}
