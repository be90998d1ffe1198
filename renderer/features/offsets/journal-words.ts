import type { PositionsEntry } from '#shared/contract/offsets.ts'
import type { ConnectionState } from '#shared/contract/connections.ts'
import { canUndo } from '#shared/offsets/outcome.ts'

/** What happened, as one sentence. Without a result the app ended between intent and result; nobody knows. */
export function entrySentence({ result }: PositionsEntry): string {
  return result === null ? 'Interrupted: the result is unknown.' : result.summary
}

/** Why this change cannot be undone from here, or `undefined` where it can. */
export function whyNoUndo(entry: PositionsEntry, isClusterOpen: boolean): string | undefined {
  if (entry.result !== null && !canUndo(entry.result)) return 'Nothing was written, so there is nothing to undo.'
  if (!isClusterOpen) return `Connect ${entry.profileName}, or another profile of the same cluster, to undo this.`
  return undefined
}

/** The open profile to undo through: the one the change was made with, else any of the same cluster. */
export function wayBack(
  open: readonly ConnectionState[],
  { clusterId, profileId }: Pick<PositionsEntry, 'clusterId' | 'profileId'>,
): ConnectionState | undefined {
  const same = open.filter((one) => one.clusterId !== null && one.clusterId === clusterId)
  return same.find((one) => one.profileId === profileId) ?? same[0]
}
