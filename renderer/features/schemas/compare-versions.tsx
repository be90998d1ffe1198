import { useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { SchemaVersion } from '#shared/model/registered-schema.ts'
import { Badge } from '../../ui/badge.tsx'
import { IconButton } from '../../ui/button.tsx'
import type { DiffHandle } from '../../ui/code-diff.tsx'
import { DiffView } from '../../ui/diff-view.tsx'
import { ErrorState } from '../../ui/error-banner.tsx'
import { DownIcon, UpIcon } from '../../ui/icons.ts'
import { Bar, Spacer } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { changesBetween, fieldsOf, type FieldChange } from './schema-fields.ts'
import { counted, languageOf } from './schema-words.ts'
import type { SubjectAbout, SubjectStore } from './subject-store.ts'
import s from './schemas.module.css'

export interface CompareVersionsProps {
  store: SubjectStore
  about: SubjectAbout
  /** Usually the newer side. */
  version: number
  before?: number | undefined
}

/** Two versions side by side: by lines and, if the schema is JSON, by its fields. */
export function CompareVersions({ store, about, version, before: given }: CompareVersionsProps) {
  const versions = useStore(store, (state) => state.versions)
  const others = about.versions.filter((one) => one.version !== version)
  const [chosen, setChosen] = useState(given)
  const earlier = others.findLast((one) => one.version < version) ?? others[0]
  const before = chosen === undefined || chosen === version ? earlier?.version : chosen
  const [by, setBy] = useState<'lines' | 'fields'>('lines')
  const [count, setCount] = useState<number>()
  const diff = useRef<DiffHandle>(null)
  useEffect(() => {
    if (before !== undefined) store.wantVersion(before)
  }, [store, before])
  const old = before === undefined ? undefined : versions.get(before)
  const now = versions.get(version)
  const failure = old?.status === 'failed' ? old : now?.status === 'failed' ? now : undefined
  const isJson = [old, now].every((one) => one?.value?.type === 'avro' || one?.value?.type === 'json-schema')
  if (before === undefined) return <StateView kind="empty" title="There is no other version to compare with." />
  const isByLines = by === 'lines' || !isJson
  return (
    <>
      <Bar label="Comparison">
        <Select
          label="Beside version"
          layout="inline"
          value={String(before)}
          options={others.toReversed().map((one) => ({
            id: String(one.version),
            label: String(one.version),
            note: one.deleted ? 'deleted' : undefined,
          }))}
          onChange={(next) => setChosen(Number(next))}
        />
        <Segmented
          label="Compare by"
          value={isByLines ? 'lines' : 'fields'}
          onChange={setBy}
          options={[
            { id: 'lines', label: 'By lines' },
            { id: 'fields', label: 'By fields', isDisabled: !isJson },
          ]}
        />
        {isByLines && count !== undefined && (
          <span className={s.count} aria-live="polite">
            {count === 0 ? 'No line differs.' : counted(count, 'difference')}
          </span>
        )}
        <Spacer />
        {isByLines && count !== undefined && count > 0 && (
          <>
            <IconButton label="Previous difference" onPress={() => diff.current?.step(-1)}>
              <UpIcon size={14} />
            </IconButton>
            <IconButton label="Next difference" onPress={() => diff.current?.step(1)}>
              <DownIcon size={14} />
            </IconButton>
          </>
        )}
      </Bar>
      {failure !== undefined ? (
        <ErrorState error={failure.error} onRetry={() => [before, version].forEach((one) => store.wantVersion(one))} />
      ) : old?.value === undefined || now?.value === undefined ? (
        <StateView kind="loading" title="Reading both versions…" />
      ) : isByLines ? (
        <DiffView
          before={{ label: `Version ${before}`, text: old.value.text }}
          after={{ label: `Version ${version}`, text: now.value.text }}
          language={old.value.type === now.value.type ? languageOf[now.value.type] : 'text'}
          handle={diff}
          onChanges={setCount}
        />
      ) : (
        <FieldChanges before={old.value} after={now.value} />
      )}
    </>
  )
}

function FieldChanges({ before, after }: { before: SchemaVersion; after: SchemaVersion }) {
  const changes = useMemo(() => {
    const [old, now] = [before, after].map(({ text, type }) => (type === 'avro' || type === 'json-schema' ? fieldsOf(text, type) : undefined)) // oxfmt-ignore
    return old === undefined || now === undefined ? undefined : changesBetween(old, now)
  }, [before, after])
  if (changes === undefined) {
    return (
      <StateView kind="empty" title="These cannot be compared by their fields.">
        One of them is too long or is not read as JSON here. By lines they can be.
      </StateView>
    )
  }
  return (
    <SmallTable
      label="Fields that differ"
      columns={fieldColumns}
      columnsId="schema-fields"
      rows={changes}
      rowId={({ path }) => path}
      tone={({ change }) => (change === 'removed' ? 'bad' : undefined)}
      empty={
        <StateView kind="empty" title="No field differs.">
          If lines do, it is in order, spacing, documentation or titles.
        </StateView>
      }
    />
  )
}

const tones = { added: 'neutral', changed: 'warn', removed: 'bad' } as const

const fieldColumns: readonly TableColumn<FieldChange>[] = [
  { id: 'path', title: 'Field', width: 180, flex: 2, mono: true, value: (row) => row.path, cell: (row) => <SafeText text={row.path} limit={300} /> }, // oxfmt-ignore
  { id: 'change', title: 'Change', width: 96, value: (row) => row.change, cell: (row) => <Badge tone={tones[row.change]}>{row.change}</Badge> }, // oxfmt-ignore
  { id: 'before', title: 'Before', width: 180, flex: 3, mono: true, value: (row) => row.before, cell: (row) => row.before !== undefined && <SafeText text={row.before} limit={300} /> }, // oxfmt-ignore
  { id: 'after', title: 'After', width: 180, flex: 3, mono: true, value: (row) => row.after, cell: (row) => row.after !== undefined && <SafeText text={row.after} limit={300} /> }, // oxfmt-ignore
]
