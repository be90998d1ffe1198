import { z } from 'zod'
import { ChangeKind } from '#shared/contract/journal.ts'
import { ConnectionId, ProfileId } from '#shared/model/ids.ts'

// Offsets as decimal strings in what is stored: settings are JSON on disk.
const StoredOffset = z.union([z.bigint(), z.string().regex(/^\d{1,19}$/)]).transform((value) => BigInt(value))
const Partition = z.int().min(0)

/** Where a tab points. One shape per kind of view; everything a view needs to open, nothing of what it then shows. */
export const Intent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('profiles'), profileId: ProfileId.optional() }),
  z.strictObject({ kind: z.literal('cluster'), connectionId: ConnectionId }),
  z.strictObject({ kind: z.literal('topics'), connectionId: ConnectionId }),
  z.strictObject({ kind: z.literal('topic'), connectionId: ConnectionId, topic: z.string() }),
  z.strictObject({
    kind: z.literal('messages'),
    connectionId: ConnectionId,
    topic: z.string(),
    partition: Partition.optional(),
    offset: StoredOffset.optional(),
    /** Start at this group's positions. */
    group: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('groups'), connectionId: ConnectionId }),
  z.strictObject({ kind: z.literal('group'), connectionId: ConnectionId, group: z.string() }),
  z.strictObject({
    kind: z.literal('plan'),
    connectionId: ConnectionId,
    group: z.string(),
    /** What the plan touches; none means all that the group has a position for. */
    scope: z.array(z.strictObject({ topic: z.string(), partitions: z.array(Partition).min(1).optional() })).optional(),
    offset: StoredOffset.optional(),
    /** A plan that undoes this journal entry. */
    undo: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('delete'),
    connectionId: ConnectionId,
    group: z.string(),
    /** The group with all that it has; left out: positions. */
    what: z.enum(['group', 'positions']).optional(),
    scope: z.array(z.strictObject({ topic: z.string(), partitions: z.array(Partition).min(1).optional() })).optional(),
  }),
  z.strictObject({
    kind: z.literal('replay'),
    connectionId: ConnectionId.optional(),
    topic: z.string().optional(),
    partition: Partition.optional(),
    start: StoredOffset.optional(),
    end: StoredOffset.optional(),
    /** Single records as `partition:offset, …`; text, for a tab is stored as JSON. */
    records: z.string().max(400_000).optional(),
    /** Edit the one record at `partition` and `start`, instead of copying a range from there. */
    edit: z.boolean().optional(),
    /** Write a new record into the topic; nothing is copied. */
    produce: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal('journal'),
    entry: z.string().optional(),
    /** Only changes of this group. */
    group: z.string().optional(),
    clusterId: z.string().optional(),
    /** Only changes of this kind. */
    change: ChangeKind.optional(),
  }),
])
export type Intent = z.infer<typeof Intent>
export type IntentKind = Intent['kind']
export type IntentOf<K extends IntentKind> = Extract<Intent, { kind: K }>

/** One tab per thing: opening the same thing again brings its tab to the front with the new intent. */
export function tabIdOf(intent: Intent): string {
  const parts: string[] = [intent.kind]
  if ('connectionId' in intent && intent.connectionId !== undefined) parts.push(intent.connectionId)
  if ('topic' in intent && intent.topic !== undefined) parts.push(intent.topic)
  if ((intent.kind === 'group' || intent.kind === 'plan' || intent.kind === 'delete') && intent.group !== undefined)
    parts.push(intent.group)
  return parts.map(encodeURIComponent).join(':')
}

export function titleOf(intent: Intent): string {
  switch (intent.kind) {
    case 'profiles':
      return 'Profiles'
    case 'cluster':
      return 'Cluster'
    case 'topics':
      return 'Topics'
    case 'topic':
      return intent.topic
    case 'messages':
      return `${intent.topic} · messages`
    case 'groups':
      return 'Groups'
    case 'group':
      return intent.group
    case 'plan':
      return intent.group === '' ? 'New group · positions' : `${intent.group} · positions`
    case 'delete':
      return `${intent.group} · delete`
    case 'replay':
      return titleOfCopy(intent)
    case 'journal':
      return 'Journal'
  }
}

function titleOfCopy({ topic, produce }: IntentOf<'replay'>): string {
  const what = produce === true ? 'Produce' : 'Replay'
  return topic === undefined ? what : `${topic} · ${what.toLowerCase()}`
}

export function connectionOf(intent: Intent | undefined): ConnectionId | undefined {
  return intent !== undefined && 'connectionId' in intent ? intent.connectionId : undefined
}

/** What settings keep: JSON only. */
export function storedIntent(intent: Intent): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(intent).map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]),
  )
}

/** `undefined` for what an older or newer version wrote and this one does not know. */
export function restoredIntent(stored: unknown): Intent | undefined {
  const parsed = Intent.safeParse(stored)
  return parsed.success ? parsed.data : undefined
}

type Without<K extends IntentKind> = Omit<IntentOf<K>, 'kind'>

/** How features send people to each other without knowing each other. */
export interface Navigation {
  open: (intent: Intent) => void
  openProfiles: (to?: Without<'profiles'>) => void
  openCluster: (to: Without<'cluster'>) => void
  openTopics: (to: Without<'topics'>) => void
  openTopic: (to: Without<'topic'>) => void
  openMessages: (to: Without<'messages'>) => void
  openGroups: (to: Without<'groups'>) => void
  openGroup: (to: Without<'group'>) => void
  openPlan: (to: Without<'plan'>) => void
  openDelete: (to: Without<'delete'>) => void
  openReplay: (to?: Without<'replay'>) => void
  openJournal: (to?: Without<'journal'>) => void
}

export function createNavigation(open: (intent: Intent) => void): Navigation {
  return {
    open,
    openProfiles: (to = {}) => open({ kind: 'profiles', ...to }),
    openCluster: (to) => open({ kind: 'cluster', ...to }),
    openTopics: (to) => open({ kind: 'topics', ...to }),
    openTopic: (to) => open({ kind: 'topic', ...to }),
    openMessages: (to) => open({ kind: 'messages', ...to }),
    openGroups: (to) => open({ kind: 'groups', ...to }),
    openGroup: (to) => open({ kind: 'group', ...to }),
    openPlan: (to) => open({ kind: 'plan', ...to }),
    openDelete: (to) => open({ kind: 'delete', ...to }),
    openReplay: (to = {}) => open({ kind: 'replay', ...to }),
    openJournal: (to = {}) => open({ kind: 'journal', ...to }),
  }
}
