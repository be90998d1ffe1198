import type { Target } from '#shared/contract/offsets.ts'
import type { Range } from '#shared/model/place.ts'

/** Another checkout that is measured may be older than the common names of places: it gets its own form of them. */
const hasPlaces = await import('#shared/model/place.ts').then(
  () => true,
  () => false,
)

export function toOffset(offset: bigint): Target {
  return hasPlaces ? { at: 'offset', offset } : ({ to: 'offset', offset } as never)
}

export const wholeLog: Range = hasPlaces ? { by: 'places', from: { at: 'log-start' } } : ({ by: 'all' } as never)
