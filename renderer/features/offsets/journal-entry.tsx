import { useMemo, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { PositionsEntry } from '#shared/contract/offsets.ts'
import { fileNameOf, fileTime, saveFile } from '../../workbench/save-file.ts'
import { useNavigation, useServices, useZone } from '../../workbench/services.ts'
import {
  countOutcomes,
  outcomeTone,
  outcomeWord,
  rowsOfEntry,
  topicsWords,
} from '../../shared-views/position-diff/diff-rows.ts'
import { OutcomeReasons } from '../../shared-views/position-diff/outcome-reasons.tsx'
import { DiffTable } from '../../shared-views/position-diff/diff-table.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { exactJson } from '../../ui/exact-json.ts'
import { formatTimestamp } from '../../ui/format.ts'
import { UndoIcon } from '../../ui/icons.ts'
import { Summary } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { entrySentence, wayBack, whyNoUndo } from './journal-words.ts'
import s from './offsets.module.css'

/** One remembered change: its sentence, its partitions, and the way back. */
export function JournalEntry({ entry }: { entry: PositionsEntry }) {
  const zone = useZone()
  const navigation = useNavigation()
  const { connections, files } = useServices()
  const open = useStore(connections, (state) => wayBack(Object.values(state.open), entry))
  const rows = useMemo(() => rowsOfEntry(entry), [entry])
  const save = () => {
    const name = fileNameOf(entry.group, `change-${fileTime(entry.at)}.json`)
    saveFile(files, { name, content: exactJson(entry), type: 'application/json' }, (saved) => `Saved ${saved}.`)
  }
  const obstacle = whyNoUndo(entry, open !== undefined)
  return (
    <div className={s.entry}>
      <Summary badges={<EntryBadges entry={entry} />}>
        <strong>
          <SafeText text={entrySentence(entry)} limit={1000} />
        </strong>
        {entry.result === null &&
          ' Seekline ended between writing its intent here and writing what came of it. Each partition holds its old or its new position; the group’s view shows which.'}
      </Summary>
      <dl className={s.facts}>
        <Fact name="When">{formatTimestamp(entry.at, zone)}</Fact>
        <Fact name="Profile">
          <SafeText text={entry.profileName} limit={200} />
        </Fact>
        <Fact name="Group">
          <SafeText text={`${entry.group}${entry.groupExisted ? '' : ' (created by this change)'}`} limit={300} />
        </Fact>
        <Fact name={new Set(entry.rows.map((row) => row.topic)).size === 1 ? 'Topic' : 'Topics'}>
          <SafeText text={topicsWords(entry.rows.map((row) => row.topic))} limit={600} />
        </Fact>
        <Fact name="Cluster">
          <code>{entry.clusterId ?? 'without an id'}</code>
        </Fact>
        {entry.undoOf !== null && (
          <Fact name="Undid">
            <Button size="small" variant="link" onPress={() => navigation.openJournal({ entry: entry.undoOf! })}>
              an earlier change
            </Button>
          </Fact>
        )}
      </dl>
      {entry.result !== null && <OutcomeReasons rows={entry.result.rows} />}
      <DiffTable label={`Change of ${entry.group}`} rows={rows} isPast />
      <div className={s.foot}>
        {obstacle === undefined && open !== undefined ? (
          <>
            <Button
              onPress={() =>
                navigation.openPlan({ connectionId: open.connectionId, group: entry.group, undo: entry.id })
              }
            >
              <UndoIcon size={14} aria-hidden="true" />
              Undo…
            </Button>
            <span>Plans the way back on {open.name}; nothing is written before you apply it.</span>
          </>
        ) : (
          <span>{obstacle}</span>
        )}
        <span style={{ flex: 1 }} />
        <Button onPress={save}>Save…</Button>
        {open !== undefined && (
          <Button onPress={() => navigation.openGroup({ connectionId: open.connectionId, group: entry.group })}>
            Open the group
          </Button>
        )}
      </div>
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

export function EntryBadges({ entry }: { entry: PositionsEntry }) {
  if (entry.result === null) return <Badge tone="warn">interrupted</Badge>
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
