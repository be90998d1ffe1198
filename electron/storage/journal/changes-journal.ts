import { z } from 'zod'
import {
  intents,
  type JournalEntry,
  results,
  type ChangeKind,
  type IntendedOf,
  type ResultOf,
} from '#shared/contract/journal.ts'
import { openJournal, type StoredEntry } from './journal.ts'
import { takeOverOldJournals } from './older-journals.ts'

const Intent = z.discriminatedUnion('kind', [
  intents.positions,
  intents.replay,
  intents.record,
  intents.produce,
  intents.topic,
  intents.stepping,
  intents.schema,
])
type Intent = z.infer<typeof Intent>

/** With its kind, because a result is read before the intent that it belongs to. */
const Result = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('positions'), result: results.positions }),
  z.strictObject({ kind: z.literal('replay'), result: results.replay }),
  z.strictObject({ kind: z.literal('record'), result: results.record }),
  z.strictObject({ kind: z.literal('produce'), result: results.produce }),
  z.strictObject({ kind: z.literal('topic'), result: results.topic }),
  z.strictObject({ kind: z.literal('stepping'), result: results.stepping }),
  z.strictObject({ kind: z.literal('schema'), result: results.schema }),
])
type Result = z.infer<typeof Result>

export interface ChangesQuery {
  limit: number
  before?: string | undefined
  clusterId?: string | undefined
  group?: string | undefined
  kind?: ChangeKind | undefined
  matches?: ((entry: JournalEntry) => boolean) | undefined
}

const NAME = 'changes'

/** The one journal: every change that was, or may have been, made. */
export function createChangesJournal(folder: string) {
  const journal = openJournal<Intent, Result>({
    folder,
    name: NAME,
    intent: Intent,
    result: Result,
    prepare: () => takeOverOldJournals(folder, NAME),
  })
  return {
    intent: (intent: IntendedOf<ChangeKind>): Promise<string> => journal.intent(intent),
    result: <K extends ChangeKind>(id: string, kind: K, result: ResultOf<K>): Promise<void> =>
      journal.result(id, { kind, result } as Result),
    get: async (id: string): Promise<JournalEntry | null> => {
      const entry = await journal.get(id)
      return entry === null ? null : flat(entry)
    },
    list: async ({ limit, before, clusterId, group, kind, matches }: ChangesQuery) => {
      const found = await journal.list({
        limit,
        before,
        where: (entry) => {
          const { intent } = entry
          return (
            (kind === undefined || intent.kind === kind) &&
            (clusterId === undefined || intent.clusterId === clusterId) &&
            (group === undefined || ('group' in intent && intent.group === group)) &&
            matches?.(flat(entry)) !== false
          )
        },
      })
      return { ...found, items: found.items.map(flat) }
    },
  }
}

function flat({ id, at, intent, result }: StoredEntry<Intent, Result>): JournalEntry {
  // A result of another kind than its intent's is invalid.
  return { ...intent, id, at, result: result?.kind === intent.kind ? result.result : null } as JournalEntry
}
