import { wireLimits } from './limits.ts'

/**
 * Names what in a value the wire cannot carry, or null: a Map, a Date, a cycle (it nests endlessly), a key that reaches a
 * prototype, and in an input a bigint that is not an int64. A structured clone would pass all of these, so both ends of every
 * transport check here; `most`, for inputs, limits the values in it, because a parser's error messages cost more than the
 * values they are about.
 */
export function misfit(value: unknown, most = Number.POSITIVE_INFINITY): string | null {
  const isInput = most !== Number.POSITIVE_INFINITY
  const deepest = isInput ? wireLimits.depth : wireLimits.answerDepth
  let left = most
  const look = (one: unknown, depth: number): string | null => {
    if (one === null) return null
    switch (typeof one) {
      case 'boolean':
      case 'number':
      case 'string':
        return null
      case 'bigint':
        // Records hold integers of any length, and are only ever sent in answers.
        return !isInput || BigInt.asIntN(64, one) === one ? null : 'bigint of more than 64 bits'
      case 'object':
        break
      default:
        return typeof one
    }
    if (one instanceof Uint8Array || one instanceof Int32Array) return null
    if (one instanceof Float64Array || one instanceof BigInt64Array) return null
    if (depth > deepest) return `more than ${deepest} levels`
    const isList = Array.isArray(one)
    if (!isList) {
      const proto: unknown = Object.getPrototypeOf(one)
      if (proto !== Object.prototype && proto !== null) return `object of class ${className(proto)}`
    }
    const keys = isList ? null : Object.keys(one)
    const items = keys ?? (one as unknown[])
    left -= items.length
    if (left < 0) return `more than ${most} values`
    if (keys !== null && isInput && keys.length > wireLimits.keys) {
      return `object of more than ${wireLimits.keys} keys`
    }
    for (const each of items) {
      const item = keys === null ? each : (one as Record<string, unknown>)[each as string]
      if (keys !== null && prototypeKeys.has(each)) return `key named ${String(each)}`
      const inside = item === undefined && keys !== null ? null : look(item, depth + 1)
      if (inside !== null) return inside
    }
    return null
  }
  return look(value, 1)
}

const prototypeKeys: ReadonlySet<unknown> = new Set(['__proto__', 'constructor', 'prototype'])

function className(proto: unknown): string {
  const constructor = (proto as { constructor?: { name?: unknown } }).constructor
  return typeof constructor?.name === 'string' ? constructor.name : 'unknown'
}
