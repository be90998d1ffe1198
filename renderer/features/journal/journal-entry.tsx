import { useMemo, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { aboutEntry } from '#shared/changes/kinds.ts'
import type { EntryOf, JournalEntry } from '#shared/contract/journal.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Intent } from '../../workbench/navigation.ts'
import { fileNameOf, fileTime, saveFile } from '../../workbench/save-file.ts'
import { useApi, useNavigation, useServices, useZone } from '../../workbench/services.ts'
import { countOutcomes, outcomeTone, outcomeWord } from '../../shared-views/position-diff/apply-outcome.ts'
import { rowsOfEntry, rowsOfOutcome, topicsWords } from '../../shared-views/position-diff/diff-rows.ts'
import { OutcomeReasons } from '../../shared-views/position-diff/outcome-reasons.tsx'
import { DiffTable } from '../../shared-views/position-diff/diff-table.tsx'
import { ExportMenu, type PositionsToExport } from '../../shared-views/position-diff/export-menu.tsx'
import { OwnReceipt } from '../../shared-views/receipt/receipt-with-links.tsx'
import { ProducedReceipt } from '../../shared-views/receipt/produced-receipt.tsx'
import { outcomeTones } from '../../shared-views/receipt/receipt-view.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { exactJson } from '../../ui/exact-json.ts'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatBytes, formatTimestamp } from '../../ui/format.ts'
import { UndoIcon } from '../../ui/icons.ts'
import { Summary } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { wayBack, whyNoUndo } from './journal-words.ts'
import s from './journal.module.css'

/** One recorded change: what happened, the evidence, and the undo. */
export function EntryPanel({ entry, onSettled }: { entry: JournalEntry; onSettled: () => void }) {
  return (
    <div className={s.entry}>
      <EntryBody entry={entry} />
      <Foot entry={entry} onSettled={onSettled} />
    </div>
  )
}

function EntryBody({ entry }: { entry: JournalEntry }) {
  switch (entry.kind) {
    case 'positions':
      return <PositionsBody entry={entry} />
    case 'replay':
      // A receipt contains all of this itself.
      return entry.result === null ? (
        <Head entry={entry}>
          <Fact name="Planned">
            <SafeText text={entry.plan.summary} limit={1000} />
          </Fact>
        </Head>
      ) : (
        <OwnReceipt receipt={entry.result} />
      )
    case 'record':
      return <RecordBody entry={entry} />
    case 'produce':
      return <ProduceBody entry={entry} />
    case 'topic':
      return <TopicBody entry={entry} />
    case 'stepping':
      return <SteppingBody entry={entry} />
    case 'schema':
      return <SchemaBody entry={entry} />
  }
}

interface HeadProps {
  entry: JournalEntry
  error?: ErrorValue | null | undefined
  children?: ReactNode
}

function Head({ entry, error, children }: HeadProps) {
  const zone = useZone()
  const about = aboutEntry(entry)
  return (
    <>
      <Summary badges={<EntryBadges entry={entry} />}>
        <strong>
          <SafeText text={about.sentence} limit={1000} />
        </strong>{' '}
        {about.unfinished}
      </Summary>
      {error != null && <ErrorBanner error={error} />}
      <dl className={s.facts}>
        <Fact name="When">{formatTimestamp(entry.at, zone)}</Fact>
        {entry.user !== undefined && (
          <Fact name="Who">
            <SafeText text={entry.user} limit={200} />
          </Fact>
        )}
        <Fact name="Profile">
          <SafeText text={entry.profileName} limit={200} />
        </Fact>
        {children}
        <Fact name="Cluster">
          <code>{entry.clusterId ?? 'without an id'}</code>
        </Fact>
      </dl>
    </>
  )
}

function PositionsBody({ entry }: { entry: EntryOf<'positions'> }) {
  const rows = useMemo(() => rowsOfEntry(entry), [entry])
  const topics = new Set(entry.rows.map((row) => row.topic))
  return (
    <>
      <Head entry={entry}>
        <Fact name="Group">
          <SafeText text={`${entry.group}${entry.groupExisted ? '' : ' (created by this change)'}`} limit={300} />
        </Fact>
        <Fact name={topics.size === 1 ? 'Topic' : 'Topics'}>
          <SafeText text={topicsWords([...topics])} limit={600} />
        </Fact>
        <Undid entry={entry.undoOf} />
      </Head>
      {entry.result !== null && <OutcomeReasons rows={entry.result.rows} />}
      <DiffTable label={`Change of ${entry.group}`} rows={rows} isPast />
    </>
  )
}

function SteppingBody({ entry }: { entry: EntryOf<'stepping'> }) {
  const { plan, result } = entry
  const rows = useMemo(() => rowsOfOutcome(result?.rows ?? []), [result])
  return (
    <>
      <Head entry={entry} error={result?.error}>
        <Fact name="Group">
          <SafeText text={`${entry.group}${entry.groupExisted ? '' : ' (created by this)'}`} limit={300} />
        </Fact>
        <Fact name={plan.spec.topics.length === 1 ? 'Topic' : 'Topics'}>
          <SafeText text={topicsWords(plan.spec.topics)} limit={600} />
        </Fact>
        <Fact name="Planned">
          <SafeText text={plan.summary} limit={1000} />
        </Fact>
      </Head>
      {rows.length > 0 && <DiffTable label={`Positions that stepping ${entry.group} committed`} rows={rows} isPast />}
    </>
  )
}

function RecordBody({ entry }: { entry: EntryOf<'record'> }) {
  const navigation = useNavigation()
  const { plan, result } = entry
  const { connectionId, topic } = plan
  const { partition, offset = null } = result ?? {}
  const size = (bytes: number) => (bytes === -1 ? 'null' : formatBytes(bytes))
  return (
    <Head entry={entry} error={result?.error}>
      <Fact name="Topic">
        <SafeText text={`${plan.topic}, partition ${plan.partition}`} limit={300} />
      </Fact>
      {offset !== null && (
        <Fact name="Offset">
          <Button
            size="small"
            variant="link"
            onPress={() => navigation.open({ kind: 'messages', connectionId, topic, partition, offset })}
          >
            {String(offset)}
          </Button>
        </Fact>
      )}
      <Fact name="Key">{size(plan.keySize)}</Fact>
      <Fact name="Value">{size(plan.valueSize)}</Fact>
      <Fact name="Headers">{plan.headers}</Fact>
      <Fact name="SHA-256">
        <code>{plan.digest}</code>
      </Fact>
    </Head>
  )
}

function ProduceBody({ entry }: { entry: EntryOf<'produce'> }) {
  const { plan, result } = entry
  return (
    <>
      <Head entry={entry}>
        <Fact name="Planned">
          <SafeText text={plan.summary} limit={1000} />
        </Fact>
        {plan.source.name !== null && (
          <Fact name="From">
            <SafeText text={plan.source.name} limit={300} />
          </Fact>
        )}
        <Fact name="SHA-256">
          <code>{plan.source.digest}</code>
        </Fact>
      </Head>
      {result !== null && <ProducedReceipt receipt={result} />}
    </>
  )
}

function TopicBody({ entry }: { entry: EntryOf<'topic'> }) {
  const navigation = useNavigation()
  const settings = entry.configs.map(({ name, value }) => `${name}=${value}`).join(', ')
  return (
    <Head entry={entry} error={entry.result?.error}>
      <Fact name="Topic">
        <SafeText text={entry.topic} limit={300} />
      </Fact>
      <Fact name="Partitions">{entry.partitions}</Fact>
      <Fact name="Replicas">{entry.replicationFactor === -1 ? 'the cluster’s default' : entry.replicationFactor}</Fact>
      <Fact name="Settings">
        <SafeText text={settings === '' ? 'the cluster’s defaults' : settings} limit={1000} />
      </Fact>
      <Fact name="For">
        <Button size="small" variant="link" onPress={() => navigation.open({ kind: 'journal', entry: entry.replay })}>
          a replay
        </Button>
      </Fact>
    </Head>
  )
}

/** The entry that this one undid, if it is an undo. */
function Undid({ entry }: { entry: string | null }) {
  const navigation = useNavigation()
  if (entry === null) return null
  return (
    <Fact name="Undid">
      <Button size="small" variant="link" onPress={() => navigation.open({ kind: 'journal', entry })}>
        an earlier change
      </Button>
    </Fact>
  )
}

function SchemaBody({ entry }: { entry: EntryOf<'schema'> }) {
  const { plan } = entry
  return (
    <Head entry={entry} error={entry.result?.error}>
      <Fact name="Registry">
        <SafeText text={plan.registry} limit={300} />
      </Fact>
      <Fact name="Planned">
        <SafeText text={plan.summary} limit={1000} />
      </Fact>
      <Undid entry={plan.undoOf} />
    </Head>
  )
}

/** The undo, or why there is none. */
function Foot({ entry, onSettled }: { entry: JournalEntry; onSettled: () => void }) {
  const navigation = useNavigation()
  const { connections, files } = useServices()
  const open = useStore(connections, (state) => wayBack(Object.values(state.open), entry))
  const obstacle = whyNoUndo(entry, open !== undefined)
  const group = 'group' in entry ? entry.group : undefined
  const undo = open === undefined ? undefined : undoIntent(entry, open.connectionId)
  const subject = entry.kind === 'schema' ? entry.plan.subject : null
  const save = () => {
    const name = fileNameOf(aboutEntry(entry).subject, `change-${fileTime(entry.at)}.json`)
    saveFile(files, { name, content: exactJson(entry), type: 'application/json' }, (saved) => `Saved ${saved}.`)
  }
  return (
    <div className={s.foot}>
      {obstacle === undefined && open !== undefined && undo !== undefined ? (
        <>
          <Button onPress={() => navigation.open(undo)}>
            <UndoIcon size={14} aria-hidden="true" />
            Undo…
          </Button>
          <span>Plans the way back on {open.name}; nothing is written before you apply it.</span>
        </>
      ) : (
        <span>{obstacle}</span>
      )}
      <span style={{ flex: 1 }} />
      {entry.kind === 'positions' && entry.result === null && open !== undefined && (
        <Check entry={entry} connectionId={open.connectionId} onSettled={onSettled} />
      )}
      {entry.kind === 'positions' && (
        <ExportMenu
          group={entry.group}
          isActive={false}
          isDisabled={entry.rows.length === 0}
          exports={exportsOf(entry)}
        />
      )}
      {/* A receipt has its own. */}
      {(entry.kind !== 'replay' || entry.result === null) && <Button onPress={save}>Save…</Button>}
      {open !== undefined && group !== undefined && (
        <Button onPress={() => navigation.open({ kind: 'group', connectionId: open.connectionId, group })}>
          Open the group
        </Button>
      )}
      {open !== undefined && subject !== null && (
        <Button onPress={() => navigation.open({ kind: 'subject', connectionId: open.connectionId, subject })}>
          Open the subject
        </Button>
      )}
    </div>
  )
}

/** The positions before the change and those it was to set, in the format of Kafka's own script. */
function exportsOf({ at, rows }: EntryOf<'positions'>): PositionsToExport[] {
  const side = (what: string, name: 'before' | 'after') => ({
    what,
    name: `${name}-${fileTime(at)}`,
    positions: () => rows.map((row) => ({ topic: row.topic, partition: row.partition, offset: row[name]?.offset })),
  })
  return [side('positions before', 'before'), side('new positions', 'after')]
}

/** Checks what became of a change that was interrupted. */
function Check({
  entry,
  connectionId,
  onSettled,
}: {
  entry: JournalEntry
  connectionId: ConnectionId
  onSettled: () => void
}) {
  const api = useApi()
  const [state, setState] = useState<'still' | 'looking' | ErrorValue>('still')
  const check = async () => {
    setState('looking')
    try {
      await api.call('offsets.settle', { connectionId, journalId: entry.id })
      onSettled()
    } catch (error) {
      setState(toErrorValue(error))
    }
  }
  return (
    <>
      {typeof state === 'object' && <SafeText text={[state.message, state.hint ?? ''].join(' ')} limit={400} />}
      <Button isDisabled={state === 'looking'} onPress={() => void check()}>
        Check
      </Button>
    </>
  )
}

/** The tab in which the change is undone. */
function undoIntent(entry: JournalEntry, connectionId: ConnectionId): Intent | undefined {
  if (entry.kind === 'schema') {
    const { subject } = entry.plan
    return {
      kind: 'schemaChange',
      connectionId,
      what: 'undo',
      entry: entry.id,
      ...(subject === null ? {} : { subject }),
    }
  }
  return 'group' in entry ? { kind: 'plan', connectionId, group: entry.group, undo: entry.id } : undefined
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

const statusTones = {
  written: 'ok',
  created: 'ok',
  done: 'ok',
  same: 'ok',
  partly: 'warn',
  conflict: 'bad',
  failed: 'bad',
  unknown: 'warn',
} as const

export function EntryBadges({ entry }: { entry: JournalEntry }) {
  if (entry.result === null) return <Badge tone="warn">interrupted</Badge>
  if (entry.kind === 'replay' || entry.kind === 'produce') {
    return <Badge tone={outcomeTones[entry.result.outcome]}>{entry.result.outcome}</Badge>
  }
  if (entry.kind === 'record' || entry.kind === 'topic' || entry.kind === 'schema') {
    const { status } = entry.result
    return <Badge tone={statusTones[status]}>{status}</Badge>
  }
  return (
    <span className={s.chips}>
      {entry.kind === 'positions' && entry.undoOf !== null && <Badge>undo</Badge>}
      {countOutcomes(entry.result.rows).map(({ status, count }) => (
        <Badge key={status} tone={outcomeTone[status]}>
          {count} {outcomeWord[status]}
        </Badge>
      ))}
    </span>
  )
}
