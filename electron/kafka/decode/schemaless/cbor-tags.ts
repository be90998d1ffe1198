import type { Value } from '#shared/model/decoded-value.ts'
import { decimalText } from '../decimals.ts'
import { instantText } from '../date-time.ts'

/** The value after a tag, in the forms that tags are defined for. */
export type Item = { integer: bigint } | { float: number } | { bytes: Uint8Array } | { pair: [Item, Item] }

/** A decimal with a larger exponent is shown as it is stored. */
const MOST_EXPONENT = 1_000n

/** The meaning of a tag of RFC 8949 and its registry; null: unknown tag, or the value does not fit it. */
export function meantByTag(tag: bigint, itemOf: () => Item | null): Value | null {
  switch (tag) {
    case 1n:
      return moment(itemOf())
    case 2n:
    case 3n: {
      const item = itemOf()
      return item !== null && 'bytes' in item ? { kind: 'integer', value: bigOf(item.bytes, tag === 3n) } : null
    }
    case 4n:
      return decimal(itemOf())
    case 37n: {
      const item = itemOf()
      if (item === null || !('bytes' in item) || item.bytes.length !== 16) return null
      const meant = Buffer.from(item.bytes)
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
      return { kind: 'bytes', value: item.bytes.slice(), type: 'uuid', meant }
    }
    default:
      return null
  }
}

export function bigOf(bytes: Uint8Array, isNegative: boolean): bigint {
  const value = bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  return isNegative ? -1n - value : value
}

/** Seconds since 1970, integer or not. */
function moment(item: Item | null): Value | null {
  if (item === null) return null
  if ('integer' in item) {
    const meant = instantText(item.integer * 1_000n, 3, false)
    return meant === null ? null : { kind: 'integer', value: item.integer, type: 'time', meant }
  }
  if (!('float' in item) || !(Math.abs(item.float) < 1e13)) return null
  const meant = instantText(BigInt(Math.round(item.float * 1e6)), 6, false)
  return meant === null ? null : { kind: 'float', value: item.float, type: 'time', meant }
}

/** [exponent, digits]. */
function decimal(item: Item | null): Value | null {
  if (item === null || !('pair' in item)) return null
  const [exponent, unscaled] = item.pair
  if (!('integer' in exponent) || !('integer' in unscaled)) return null
  if (exponent.integer > MOST_EXPONENT || exponent.integer < -MOST_EXPONENT) return null
  const digits = decimalText({ unscaled: unscaled.integer, scale: -Number(exponent.integer) })
  return digits === null ? null : { kind: 'decimal', digits }
}
