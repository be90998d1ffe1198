import type { Input, Output, ServiceOf } from '#shared/contract/define.ts'
import type { journal } from '#shared/contract/journal.ts'

type List = (typeof journal)['journal.list']

export interface JournalSource {
  list(query: Input<List>): Promise<Output<List>>
}

/** What was changed from here, whatever it was. */
export function createJournalService(pages: JournalSource): ServiceOf<typeof journal> {
  return { 'journal.list': async (query) => pages.list(query) }
}
