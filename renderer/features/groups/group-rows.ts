import type { GroupRow, GroupSummary } from '#shared/contract/groups.ts'

/** A group as the list shows it: what listing told, and what summing up told later. */
export interface GroupEntry extends GroupRow {
  readonly summary: GroupSummary | undefined
}

/** What was found of a filter over what is known so far. */
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
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
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

/** "61 groups", "3 of 61 groups"; never "all": which exist beyond these rights nobody here can know. */
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
