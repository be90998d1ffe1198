import { ApplyResult, PositionsEntry } from '#shared/contract/offsets.ts'
import { openJournal, type JournalEntry } from '../storage/journal.ts'
import type { PositionsJournal } from './offsets.ts'

/** What is known before the change; id, time and result are the journal's. */
const Intent = PositionsEntry.omit({ id: true, at: true, result: true })
type Intent = Omit<PositionsEntry, 'id' | 'at' | 'result'>

/** The journal of position changes in a data folder. */
export function openPositionsJournal(folder: string): PositionsJournal {
  const journal = openJournal<Intent, ApplyResult>({ folder, name: 'positions', intent: Intent, result: ApplyResult })
  return {
    intent: (entry) => journal.intent(entry),
    result: (id, result) => journal.result(id, result),
    get: async (id) => {
      const found = await journal.get(id)
      return found === null ? null : asEntry(found)
    },
    list: async ({ clusterId, group, before, limit }) => {
      const { items, more, damaged } = await journal.list({
        limit,
        before,
        where: ({ intent }) =>
          (clusterId === undefined || intent.clusterId === clusterId) && (group === undefined || intent.group === group),
      })
      return { items: items.map(asEntry), more, damaged }
    },
  }
}

function asEntry({ id, at, intent, result }: JournalEntry<Intent, ApplyResult>): PositionsEntry {
  return { ...intent, id, at, result }
}
