import { useMemo, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { aboutEntry } from '#shared/changes/kinds.ts'
import type { EntryOf, JournalEntry } from '#shared/contract/journal.ts'
import { fileNameOf, fileTime, saveFile } from '../../workbench/save-file.ts'
import { useNavigation, useServices, useZone } from '../../workbench/services.ts'
import { countOutcomes, outcomeTone, outcomeWord, rowsOfEntry, topicsWords } from '../../shared-views/position-diff/diff-rows.ts' // prettier-ignore
import { OutcomeReasons } from '../../shared-views/position-diff/outcome-reasons.tsx'
import { DiffTable } from '../../shared-views/position-diff/diff-table.tsx'
import { OwnReceipt } from '../../shared-views/receipt/own-receipt.tsx'
import { outcomeTones } from '../../shared-views/receipt/receipt-view.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { exactJson } from '../../ui/exact-json.ts'
import { formatTimestamp } from '../../ui/format.ts'
import { UndoIcon } from '../../ui/icons.ts'
import { Summary } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { wayBack, whyNoUndo } from './journal-words.ts'
import s from './journal.module.css'

/** One remembered change: what happened, its proof, and the way back. */
export function EntryPanel({ entry }: { entry: JournalEntry }) {
  return (
    <div className={s.entry}>
      <EntryBody entry={entry} />
      <Foot entry={entry} />
    </div>
  )
}

function EntryBody({ entry }: { entry: JournalEntry }) {
  switch (entry.kind) {
    case 'positions':
      return <PositionsBody entry={entry} />
    case 'replay':
      // A receipt says all of it itself.
      return entry.result === null ? (
        <Head entry={entry}>
          <Fact name="Planned">
            <SafeText text={entry.plan.summary} limit={1000} />
          </Fact>
        </Head>
      ) : (
        <OwnReceipt receipt={entry.result} />
      )
  }
}

function Head({ entry, children }: { entry: JournalEntry; children?: ReactNode }) {
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
      <dl className={s.facts}>
        <Fact name="When">{formatTimestamp(entry.at, zone)}</Fact>
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
  const navigation = useNavigation()
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
        {entry.undoOf !== null && (
          <Fact name="Undid">
            <Button size="small" variant="link" onPress={() => navigation.openJournal({ entry: entry.undoOf! })}>
              an earlier change
            </Button>
          </Fact>
        )}
      </Head>
      {entry.result !== null && <OutcomeReasons rows={entry.result.rows} />}
      <DiffTable label={`Change of ${entry.group}`} rows={rows} isPast />
    </>
  )
}

/** The way back, or why there is none. */
function Foot({ entry }: { entry: JournalEntry }) {
  const navigation = useNavigation()
  const { connections, files } = useServices()
  const open = useStore(connections, (state) => wayBack(Object.values(state.open), entry))
  const obstacle = whyNoUndo(entry, open !== undefined)
  const group = 'group' in entry ? entry.group : undefined
  const save = () => {
    const name = fileNameOf(aboutEntry(entry).subject, `change-${fileTime(entry.at)}.json`)
    saveFile(files, { name, content: exactJson(entry), type: 'application/json' }, (saved) => `Saved ${saved}.`)
  }
  return (
    <div className={s.foot}>
      {obstacle === undefined && open !== undefined && group !== undefined ? (
        <>
          <Button onPress={() => navigation.openPlan({ connectionId: open.connectionId, group, undo: entry.id })}>
            <UndoIcon size={14} aria-hidden="true" />
            Undo…
          </Button>
          <span>Plans the way back on {open.name}; nothing is written before you apply it.</span>
        </>
      ) : (
        <span>{obstacle}</span>
      )}
      <span style={{ flex: 1 }} />
      {/* A receipt has its own. */}
      {(entry.kind !== 'replay' || entry.result === null) && <Button onPress={save}>Save…</Button>}
      {open !== undefined && group !== undefined && (
        <Button onPress={() => navigation.openGroup({ connectionId: open.connectionId, group })}>Open the group</Button>
      )}
    </div>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

export function EntryBadges({ entry }: { entry: JournalEntry }) {
  if (entry.result === null) return <Badge tone="warn">interrupted</Badge>
  if (entry.kind === 'replay') return <Badge tone={outcomeTones[entry.result.outcome]}>{entry.result.outcome}</Badge>
  return (
    <span className={s.chips}>
      {entry.undoOf !== null && <Badge>undo</Badge>}
      {countOutcomes(entry.result.rows).map(({ status, count }) => (
        <Badge key={status} tone={outcomeTone[status]}>
          {count} {outcomeWord[status]}
        </Badge>
      ))}
    </span>
  )
}
