import type { GroupRow, GroupSummary } from '#shared/contract/groups.ts'
import { wordsIn } from '../../ui/words-in.ts'

/** A group as the list shows it: from the listing, and later with its summary. */
export interface GroupEntry extends GroupRow {
  readonly summary: GroupSummary | undefined
}

/** What a filter matches among the groups known so far. */
export interface FilteredGroups {
  readonly rows: readonly GroupEntry[]
  readonly total: number
}

/** Every word must occur in the name, the type, the state or a topic. */
export function filterGroups(
  items: readonly GroupRow[],
  summaries: ReadonlyMap<string, GroupSummary> | undefined,
  text: string,
): FilteredGroups {
  const words = wordsIn(text)
  const rows: GroupEntry[] = []
  for (const item of items) {
    const summary = summaries?.get(item.group)
    if (words.length > 0) {
      const told = [item.group, item.type, item.state, ...(summary?.topics ?? [])].join('\n').toLowerCase()
      if (!words.every((word) => told.includes(word))) continue
    }
    rows.push({ ...item, summary })
  }
  return { rows, total: items.length }
}

/** "61 groups", "3 of 61 groups"; never "all", because there may be groups that these rights do not show. */
export function countGroups({ rows, total }: FilteredGroups): string {
  const noun = total === 1 ? 'group' : 'groups'
  return rows.length === total ? `${total} ${noun}` : `${rows.length} of ${total} ${noun}`
}

export const typeWords: Record<GroupRow['type'], string> = {
  classic: 'classic',
  consumer: 'consumer',
  share: 'share',
  streams: 'streams',
  unknown: 'not told',
}
