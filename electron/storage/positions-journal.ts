import { ApplyResult, PositionsEntry } from '#shared/contract/offsets.ts'
import { openJournal, type JournalEntry } from './journal.ts'

const Intent = PositionsEntry.omit({ id: true, at: true, result: true })
type Intent = Omit<PositionsEntry, 'id' | 'at' | 'result'>

export interface PositionsQuery {
  limit: number
  before?: string
  clusterId?: string
  group?: string
}

/** Every change of positions that was, or may have been, applied. */
export function createPositionsJournal(folder: string) {
  const journal = openJournal<Intent, ApplyResult>({ folder, name: 'positions', intent: Intent, result: ApplyResult })
  return {
    intent: (data: Intent): Promise<string> => journal.intent(data),
    result: (id: string, result: ApplyResult): Promise<void> => journal.result(id, result),
    get: async (id: string): Promise<PositionsEntry | null> => {
      const entry = await journal.get(id)
      return entry === null ? null : flat(entry)
    },
    list: async ({ limit, before, clusterId, group }: PositionsQuery) => {
      const found = await journal.list({
        limit,
        before,
        where: ({ intent }) =>
          (clusterId === undefined || intent.clusterId === clusterId) &&
          (group === undefined || intent.group === group),
      })
      return { ...found, items: found.items.map(flat) }
    },
  }
}

function flat({ id, at, intent, result }: JournalEntry<Intent, ApplyResult>): PositionsEntry {
  return { ...intent, id, at, result }
}
