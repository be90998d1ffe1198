import type { ServiceOf } from '#shared/contract/define.ts'
import type { hits } from '#shared/contract/hits.ts'
import type { HitStore } from './hit-store.ts'

/** Pages of the hits that searches keep. */
export function createHitsService(store: HitStore): ServiceOf<typeof hits> {
  return {
    'search.page': async ({ search, order, newestFirst, from, count }) => {
      const hits = store.require(search)
      const { total, rows } = await hits.page(order, newestFirst, from, count)
      return { rows, total, stopped: hits.stopped }
    },
    'search.forget': async ({ search }) => {
      await store.forget(search)
      return null
    },
  }
}
