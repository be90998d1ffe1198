import { Receipt, ReplayPlan } from '#shared/contract/replay.ts'
import { z } from 'zod'
import { openJournal } from './journal.ts'
import { withPlaces } from './older-ranges.ts'

const Plan = z.preprocess(withPlaces, ReplayPlan)
const Started = z.strictObject({ plan: Plan })
const Ended = Receipt.extend({ plan: Plan })

/** Every replay: its plan on disk before the first record goes out, its receipt when it ended. */
export function createReceiptStore(folder: string) {
  const journal = openJournal({ folder, name: 'replays', intent: Started, result: Ended })
  return {
    /** Returns the id that the receipt shall bear. */
    start: (plan: ReplayPlan): Promise<string> => journal.intent({ plan }),
    finish: (receipt: Receipt): Promise<void> => journal.result(receipt.id, receipt),
    /** Newest first. A replay whose process died has no receipt, and `damaged` says so. */
    list: async (query: { limit: number; before?: string }) => {
      const unfinished: string[] = []
      const found = await journal.list({
        ...query,
        // Left out of the page, not of the answer: a page of entries without receipt could not be paged past.
        where: ({ id, intent, result }) => {
          if (result === null) {
            unfinished.push(`Replay ${id} of ${intent.plan.spec.topic} is still running, or ended without a receipt.`)
          }
          return result !== null
        },
      })
      const items = found.items.flatMap(({ result }) => (result === null ? [] : [result]))
      return { items, more: found.more, damaged: [...found.damaged, ...unfinished] }
    },
  }
}
