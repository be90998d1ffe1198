import { aboutEntry } from '#shared/changes/kinds.ts'
import type { Input, Output, ServiceOf } from '#shared/contract/define.ts'
import type { journal, JournalEntry } from '#shared/contract/journal.ts'

type List = (typeof journal)['journal.list']

export interface JournalSource {
  list(
    query: Omit<Input<List>, 'text'> & { matches?: ((entry: JournalEntry) => boolean) | undefined },
  ): Promise<Output<List>>
}

/** All changes made from this app. */
export function createJournalService(pages: JournalSource): ServiceOf<typeof journal> {
  return {
    'journal.list': async ({ text, ...query }) => {
      const sought = text?.trim().toLowerCase() ?? ''
      return pages.list(sought === '' ? query : { ...query, matches: (entry) => wordsOf(entry).includes(sought) })
    },
  }
}

/** Everything that a list shows about an entry, to be searched. */
function wordsOf(entry: JournalEntry): string {
  const { word, subject, topics, sentence } = aboutEntry(entry)
  return [entry.id, word, subject, ...topics, sentence, entry.profileName, entry.user ?? ''].join('\n').toLowerCase()
}
