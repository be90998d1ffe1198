import type { Target } from '#shared/contract/offsets.ts'
import type { Range } from '#shared/model/place.ts'

/** A checkout that is measured beside this one may be of before places had one name: it says them in its own way. */
const hasPlaces = await import('#shared/model/place.ts').then(
  () => true,
  () => false,
)

export function toOffset(offset: bigint): Target {
  return hasPlaces ? { at: 'offset', offset } : ({ to: 'offset', offset } as never)
}

export const wholeLog: Range = hasPlaces ? { by: 'places', from: { at: 'log-start' } } : ({ by: 'all' } as never)
