import { undoOf } from '#shared/changes/kinds.ts'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { JournalEntry } from '#shared/contract/journal.ts'

/** Why this change cannot be undone from here; `undefined` if it can. */
export function whyNoUndo(entry: JournalEntry, isClusterOpen: boolean): string | undefined {
  const way = undoOf(entry)
  if ('why' in way) return way.why
  if (!isClusterOpen) return `Connect ${entry.profileName}, or another profile of the same cluster, to undo this.`
  return undefined
}

/** The open profile that an undo would use: the one that made the change, or else another one of the same cluster. */
export function wayBack(
  open: readonly ConnectionState[],
  { clusterId, profileId }: Pick<JournalEntry, 'clusterId' | 'profileId'>,
): ConnectionState | undefined {
  const same = open.filter((one) => one.clusterId !== null && one.clusterId === clusterId)
  return same.find((one) => one.profileId === profileId) ?? same[0]
}
