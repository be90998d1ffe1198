import type { KeptSearch, SearchChange } from '#shared/contract/searches.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Intent } from '../../workbench/navigation.ts'
import { formatGrouped, formatPartitions } from '../../ui/format.ts'
import { emptySearch, formOfFilter, formWords } from './search-form.ts'
import type { SearchRequest } from './search-request.ts'

/** The only topic that it searches; undefined: it searches several. */
export function onlyTopicOf({ topics }: Pick<KeptSearch, 'topics'>): string | undefined {
  return topics.length === 1 ? topics[0]!.topic : undefined // its length is 1, as checked
}

export function topicsWords({ of, topics }: Pick<KeptSearch, 'of' | 'topics'>): string {
  const only = onlyTopicOf({ topics })
  if (only !== undefined) return only
  const which = of.topics.by === 'pattern' ? of.topics.pattern : of.topics.names.join(', ')
  return `${formatGrouped(topics.length)} topics: ${which}`
}

/** The tab in which it is shown: the list of its topic, or the list of several topics. */
export function tabOfKept(connectionId: ConnectionId, kept: Pick<KeptSearch, 'search' | 'topics'>): Intent {
  const topic = onlyTopicOf(kept)
  const { search } = kept
  return topic === undefined
    ? { kind: 'search', connectionId, search }
    : { kind: 'messages', connectionId, topic, search }
}

/** The filter as typed, or as a description. */
export function keptFilterWords({ of: { filter } }: Pick<KeptSearch, 'of'>): string {
  if (filter === null) return 'all records'
  const part = formOfFilter(filter)
  return part === undefined ? 'several filters together' : formWords({ ...emptySearch, ...part })
}

/** How much of the searched range has been read: 0 to 1. */
export function keptShare({ topics }: Pick<KeptSearch, 'topics'>): number {
  const covered = topics.reduce((sum, one) => sum + one.covered, 0n)
  const all = topics.reduce((sum, one) => sum + one.left, covered)
  return all === 0n ? 1 : Number(covered) / Number(all)
}

/** Its request, in the form of the list's own searches. */
export function requestOfKept({ of, direction }: Pick<KeptSearch, 'of' | 'direction'>): SearchRequest {
  const { topics, filter, start, end, ifNone, partitions, show, newestPerKey, list, spreads } = of
  const part = filter === null ? undefined : formOfFilter(filter)
  const form = { ...emptySearch, ...part, newestPerKey }
  return { topics, filter, form, start, end, ifNone, partitions, show, direction, by: spreads[0]?.by ?? null, newestPerKey, list } // oxfmt-ignore
}

/** What has become of a topic since the last search, and what that means for the rest of the range. */
export function changeWords(change: SearchChange): { title: string; hint: string } {
  switch (change.what) {
    case 'made-anew':
      return { title: `${change.topic} was deleted and created again since.`, hint: 'What was found is of the former topic; what is left of it will not be read.' } // oxfmt-ignore
    case 'gone':
      return { title: `${change.topic} cannot be read any more.`, hint: change.error.message }
    case 'partitions-added':
      return { title: `${change.topic} has more partitions now: ${formatPartitions(change.partitions)}.`, hint: 'Widen adds them.' } // oxfmt-ignore
    case 'topics-added':
      return { title: `More topics match now: ${change.topics.slice(0, 5).join(', ')}${change.topics.length > 5 ? ', …' : ''}.`, hint: 'Widen adds them.' } // oxfmt-ignore
    case 'deleted': {
      const count = change.ranges.reduce((sum, { from, to }) => sum + to - from, 0n)
      return { title: `${formatGrouped(count)} offsets that were left of ${change.topic} are deleted.`, hint: 'What was there is lost.' } // oxfmt-ignore
    }
  }
}
