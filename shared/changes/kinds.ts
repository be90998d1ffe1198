import type { ChangeKind, EntryOf, JournalEntry } from '../contract/journal.ts'
import type { SchemaPlan, SchemaResult } from '../contract/schema-plans.ts'
import { keyOf } from '../model/topic-partition.ts'
import { canUndo } from '../offsets/outcome.ts'

/** The plan of positions that undoes a change. */
export interface WayBack {
  group: string
  /** `before` is what the undo restores, `after` what the change left there. */
  rows: EntryOf<'positions'>['rows']
  /** The change created the group: if it has no position left after the undo, it is deleted again. */
  deleteGroup: boolean
  /** The positions are start offsets of a share group. */
  isShare: boolean
}

/** A change of a schema registry is undone by the opposite change, which is planned like any other. */
export interface SchemaWayBack {
  schema: SchemaPlan
  /** What the change left there: it is undone only while this is still so. */
  versions: SchemaResult['versions']
}

interface Kind<K extends ChangeKind> {
  /** The name of this kind in a list. */
  word: string
  /** What was changed: the group, or the topic. */
  subject: (entry: EntryOf<K>) => string
  topics: (entry: EntryOf<K>) => string[]
  /** Said instead of the outcome where the outcome is not known. */
  unfinished: string
  /** What undoes the change, or a sentence that says why nothing does. */
  undo: (entry: EntryOf<K>) => WayBack | SchemaWayBack | { why: string }
}

const NOTHING_WRITTEN = 'Nothing was written, so there is nothing to undo.'

/**
 * What the journal knows about each kind of change, beside its fields. A kind without an entry here does not compile.
 */
const kinds: { readonly [K in ChangeKind]: Kind<K> } = {
  positions: {
    word: 'Positions',
    subject: ({ group }) => group,
    topics: ({ rows }) => rows.map((row) => row.topic),
    unfinished:
      'Seekline ended between writing its intent here and writing what came of it. Each partition holds its old or its new position: which one is looked at when its cluster is connected again, or by Check.',
    undo: (entry) => {
      if (entry.rows.length === 0) {
        const why = 'It had no positions to give back. The group comes to be again with its first consumer or commit.'
        return { why: entry.result?.groupDeleted === false ? NOTHING_WRITTEN : why }
      }
      if (entry.result !== null && !canUndo(entry.result)) return { why: NOTHING_WRITTEN }
      const isShare = entry.isShare === true
      return { group: entry.group, rows: writtenRows(entry), deleteGroup: !entry.groupExisted, isShare }
    },
  },
  replay: {
    word: 'Replay',
    subject: ({ plan }) => plan.spec.targetTopic.name,
    topics: ({ plan }) => [plan.spec.topic],
    unfinished:
      'It is still running, or ended without a receipt. Records that were copied until then are in the target topic.',
    undo: () => ({ why: 'Copied records cannot be taken back: Kafka has no undo for what was produced.' }),
  },
  record: {
    word: 'Record',
    subject: ({ plan }) => plan.topic,
    topics: ({ plan }) => [plan.topic],
    unfinished: 'Seekline ended while it was written. The end of the partition shows whether it is there.',
    undo: ({ result }) => ({
      why:
        result?.status === 'failed'
          ? NOTHING_WRITTEN
          : 'A record cannot be taken back: Kafka has no undo for what was produced.',
    }),
  },
  produce: {
    word: 'Produced records',
    subject: ({ plan }) => plan.topic,
    topics: ({ plan }) => [plan.topic],
    unfinished:
      'It is still running, or ended without a receipt. Records that were written until then are in the topic.',
    undo: ({ result }) => ({
      why:
        result?.outcome === 'failed'
          ? NOTHING_WRITTEN
          : 'Records cannot be taken back: Kafka has no undo for what was produced.',
    }),
  },
  topic: {
    word: 'New topic',
    subject: ({ topic }) => topic,
    topics: ({ topic }) => [topic],
    unfinished: 'Seekline ended while it was made. The list of topics shows whether it is there.',
    undo: ({ result }) => ({
      why:
        result?.status === 'failed'
          ? NOTHING_WRITTEN
          : 'Seekline deletes no topic: the records in it would be gone for good.',
    }),
  },
  stepping: {
    word: 'Stepping',
    subject: ({ group }) => group,
    topics: ({ plan }) => plan.spec.topics,
    unfinished:
      'It is still a member, or Seekline ended before it had left; its session has timed out since then, and what it committed stands.',
    undo: (entry) => {
      const { group, groupExisted, plan, result } = entry
      // Without a result any of these positions may have been committed; the current positions are compared before
      // anything is restored.
      const rows =
        result === null
          ? plan.rows.map(({ topic, partition, topicId, before }) => ({
              topic,
              partition,
              topicId,
              before,
              after: null,
            }))
          : result.rows.map(({ intended, ...row }) => ({
              topic: row.topic,
              partition: row.partition,
              topicId: row.topicId,
              before: row.before,
              after: intended,
            }))
      if (rows.length === 0) return { why: 'It committed nothing, so there is nothing to undo.' }
      return { group, rows, deleteGroup: !groupExisted, isShare: false }
    },
  },
  schema: {
    word: 'Schema',
    subject: ({ plan }) => plan.subject ?? 'all subjects',
    topics: () => [],
    unfinished: 'Seekline ended while the registry was asked. The subject’s view shows what came of it.',
    undo: ({ plan, result }) => {
      if (result?.status === 'failed' || result?.status === 'conflict' || result?.status === 'same') {
        return { why: NOTHING_WRITTEN }
      }
      if (plan.action === 'delete' && plan.permanent) {
        return { why: 'What was deleted for good cannot be given back: registered again, it would have another id.' }
      }
      if (plan.action === 'register' && (result === null || result.versions.length === 0)) {
        return { why: 'It is not known under which version it was registered; the subject’s view shows it.' }
      }
      return { schema: plan, versions: result?.versions ?? [] }
    },
  },
}

export function kindWord(kind: ChangeKind): string {
  return kinds[kind].word
}

/** What the journal says about an entry of any kind. */
export function aboutEntry(entry: JournalEntry) {
  const kind = kindOf(entry)
  return {
    word: kind.word,
    subject: kind.subject(entry),
    topics: kind.topics(entry),
    /** What happened, as one sentence. */
    sentence: entry.result === null ? 'Interrupted: the result is unknown.' : entry.result.summary,
    unfinished: entry.result === null ? kind.unfinished : undefined,
  }
}

export function undoOf(entry: JournalEntry): WayBack | SchemaWayBack | { why: string } {
  return kindOf(entry).undo(entry)
}

/** The functions for an entry's own kind; TypeScript cannot relate the two through a union. */
function kindOf(entry: JournalEntry): Kind<ChangeKind> {
  return kinds[entry.kind] as unknown as Kind<ChangeKind>
}

/** Only partitions that were written, or may have been, are restored; without a result that may be all of them. */
function writtenRows({ rows, result }: Pick<EntryOf<'positions'>, 'rows' | 'result'>): WayBack['rows'] {
  const untouched = new Set(
    (result?.rows ?? [])
      .filter((row) => row.status === 'refused' || row.status === 'conflict' || row.status === 'same')
      .map((row) => keyOf(row)),
  )
  return rows.filter((row) => !untouched.has(keyOf(row)))
}
