import { SeeklineError } from '../errors.ts'
import { wireLimits } from './limits.ts'

/**
 * Walks one MessagePack value without recursion and without building anything: refuses nesting deeper than the limit,
 * keys that reach a prototype, keys that are not strings, types the contract does not carry, and lengths that lie. With
 * `most`, also more values than that, and what no request has: such objects, levels and integers as only records have.
 */
// oxlint-disable-next-line max-lines-per-function -- a format checked byte by byte, with a case per kind of value
export function checkPacked(bytes: Uint8Array, most = Number.POSITIVE_INFINITY): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const open: Open[] = []
  const isInput = most !== Number.POSITIVE_INFINITY
  const deepest = isInput ? wireLimits.depth : wireLimits.answerDepth
  let at = 0
  let started = false
  let left = most

  const need = (count: number): void => {
    if (count > bytes.byteLength - at) throw malformed('it ends too early')
  }
  const length = (size: 1 | 2 | 4): number => {
    need(size)
    const value = size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at) : view.getUint32(at)
    at += size
    return value
  }
  const skip = (count: number): void => {
    need(count)
    at += count
  }
  const enter = (items: number, isMap: boolean): void => {
    if (open.length >= deepest) throw malformed(`it nests deeper than ${deepest} levels`)
    // Each item takes a byte at least, so a count beyond what is left is a lie that would cost an allocation.
    if (items * (isMap ? 2 : 1) > bytes.byteLength - at) throw malformed('it ends too early')
    left -= items
    if (left < 0) throw malformed(`it holds more than ${most} values`)
    if (isMap && isInput && items > wireLimits.keys) throw malformed('an object has too many keys')
    open.push({ left: items, isMap })
  }
  const string = (size: number, isKey: boolean): void => {
    need(size)
    if (isKey && isPrototypeKey(bytes, at, size)) throw malformed('it has a key that reaches a prototype')
    at += size
  }
  const extension = (size: number): void => {
    need(size + 1)
    const type = view.getInt8(at)
    const width = type === LARGE_INTEGER && !isInput ? 1 : elementBytes[type]
    if (width === undefined || size % width !== 0) throw malformed('it has a type that the contract does not carry')
    at += size + 1
  }

  while (!started || open.length > 0) {
    let isKey = false
    const top = open.at(-1)
    if (top !== undefined) {
      if (top.left === 0) {
        open.pop()
        continue
      }
      isKey = top.isMap && !top.atValue
      if (top.isMap) top.atValue = isKey
      if (!isKey) top.left -= 1
    }
    started = true
    const token = length(1)
    if (isKey && !isStringToken(token)) throw malformed('it has a key that is not a string')
    if (token < 0x80 || token >= 0xe0) continue
    if (token < 0x90) enter(token & 0x0f, true)
    else if (token < 0xa0) enter(token & 0x0f, false)
    else if (token < 0xc0) string(token & 0x1f, isKey)
    else
      switch (token) {
        case 0xc0: // null
        case 0xc2: // false
        case 0xc3: // true
          break
        case 0xc4:
          skip(length(1))
          break
        case 0xc5:
          skip(length(2))
          break
        case 0xc6:
          skip(length(4))
          break
        case 0xc7:
          extension(length(1))
          break
        case 0xc8:
          extension(length(2))
          break
        case 0xc9:
          extension(length(4))
          break
        case 0xca:
          skip(4)
          break
        case 0xcb:
        case 0xcf:
        case 0xd3:
          skip(8)
          break
        case 0xcc:
        case 0xd0:
          skip(1)
          break
        case 0xcd:
        case 0xd1:
          skip(2)
          break
        case 0xce:
        case 0xd2:
          skip(4)
          break
        case 0xd6:
          extension(4)
          break
        case 0xd7:
          extension(8)
          break
        case 0xd8:
          extension(16)
          break
        case 0xd9:
          string(length(1), isKey)
          break
        case 0xda:
          string(length(2), isKey)
          break
        case 0xdb:
          string(length(4), isKey)
          break
        case 0xdc:
          enter(length(2), false)
          break
        case 0xdd:
          enter(length(4), false)
          break
        case 0xde:
          enter(length(2), true)
          break
        case 0xdf:
          enter(length(4), true)
          break
        default:
          throw malformed('it has a type that the contract does not carry')
      }
  }
  if (at !== bytes.byteLength) throw malformed('something follows its end')
}

interface Open {
  left: number
  isMap: boolean
  /** In a map: the key was read, its value comes next. */
  atValue?: boolean
}

/** By extension type, as the codec numbers them: Int32Array, Float64Array, BigInt64Array. */
const elementBytes: Readonly<Record<number, number>> = { 1: 4, 2: 8, 3: 8 }

/** msgpackr's own type for an integer of more than 64 bits. */
const LARGE_INTEGER = 0x42

function isStringToken(token: number): boolean {
  return (token >= 0xa0 && token < 0xc0) || (token >= 0xd9 && token <= 0xdb)
}

const refusedKeys = ['__proto__', 'constructor', 'prototype'].map((key) =>
  Array.from(key, (char) => char.charCodeAt(0)),
)

function isPrototypeKey(bytes: Uint8Array, at: number, size: number): boolean {
  if (size !== 9 && size !== 11) return false
  return refusedKeys.some((key) => key.length === size && key.every((char, index) => bytes[at + index] === char))
}

function malformed(why: string): SeeklineError {
  return new SeeklineError('call.invalid', `A message was refused: ${why}.`)
}
