import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { filterSubjects, type SubjectItem, type SubjectList } from '../../stores/subjects.ts'
import { idle } from '../../stores/fetched.ts'
import { useApi, useConnection, useNavigation, useServices, useZone } from '../../workbench/services.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { finding, refreshing } from '../../workbench/view-commands.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Toggle } from '../../ui/checkbox.tsx'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatGrouped, formatTime, zoneLabel } from '../../ui/format.ts'
import { PlusIcon, RefreshIcon } from '../../ui/icons.ts'
import { Bar, Spacer, View } from '../../ui/layout.tsx'
import { SmallTable } from '../../ui/small-table.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { SearchField } from '../../ui/text-field.tsx'
import { RegistryFailure } from './registry-failure.tsx'
import { RegistrySentence } from './registry-sentence.tsx'
import { subjectColumns, type SubjectRow } from './subject-columns.tsx'
import { createSummariesStore } from './summaries-store.ts'
import { useTopicNames } from './use-topic-names.ts'
import s from './schemas.module.css'

/** Up to this many subjects are read completely, even those not in view, so that the list can be sorted by all columns. */
const FEW = 200

const nothing: SubjectList = { items: [], lowered: [], withDeleted: false, isCut: false }

/** Every subject that the profile's registry lists. */
// oxlint-disable-next-line max-lines-per-function -- the layout of every list view: toolbar, sentence, columns, table; and the lookup of a subject that a link names
export function SchemasView({ tabId, intent: { connectionId }, isActive }: TabViewProps<'schemas'>) {
  const api = useApi()
  const { subjects } = useServices()
  const navigation = useNavigation()
  const zone = useZone()
  const isConnected = useConnection(connectionId)?.status === 'connected'
  const read = useStore(subjects, (state) => state.byConnection[connectionId] ?? idle)
  const [summaries] = useState(() => createSummariesStore(api, connectionId))
  const { bySubject, error: waveError } = useStore(summaries)
  const topics = useTopicNames(connectionId)
  const changes = useStore(subjects, (state) => state.changes[connectionId] ?? 0)
  const [text, setText] = useState('')
  /** The switch shows the new choice while the list is still being read. */
  const [withDeleted, setWithDeleted] = useState<boolean>()
  const filter = useDeferredValue(text)
  const search = useRef<HTMLInputElement>(null)
  const table = useRef<DataGridHandle>(null)
  const list = read.value
  const found = useMemo(() => filterSubjects(list ?? nothing, filter), [list, filter])
  const rows = useMemo(
    () => found.map((item): SubjectRow => ({ ...item, summary: bySubject.get(item.subject) })),
    [found, bySubject],
  )
  const isFew = list !== undefined && list.items.length <= FEW
  const isWhole = isFew && list.items.every(({ subject }) => bySubject.has(subject))
  const columns = useMemo(() => subjectColumns({ topics, isWhole }), [topics, isWhole])
  const refresh = () => {
    summaries.refresh()
    void subjects.refresh(connectionId)
  }
  useEffect(() => {
    if (isConnected) void subjects.load(connectionId)
  }, [subjects, connectionId, isConnected])
  useEffect(() => summaries.refresh(), [summaries, changes])
  useEffect(
    () => () => {
      summaries.stop()
      subjects.stop(connectionId)
    },
    [summaries, subjects, connectionId],
  )
  useEffect(() => {
    if (isFew) summaries.want(list.items.map(({ subject }) => subject), list.withDeleted) // oxfmt-ignore
  }, [summaries, list, isFew])
  useOffer(refreshing, refresh, isActive)
  useOffer(finding, () => search.current?.focus(), isActive)
  const { readAt } = read
  const all = list === undefined ? '' : `${list.isCut ? 'at least ' : ''}${formatGrouped(list.items.length)}`
  const told = list === undefined ? '' : `${formatGrouped(found.length)} of ${all} subjects that these credentials show` // oxfmt-ignore
  useTabStatus(
    tabId,
    useMemo(
      () => ({ main: told, aside: readAt === undefined ? null : <span>{`Read ${formatTime(readAt, zone).slice(0, 8)} ${zoneLabel(zone)}`}</span> }), // oxfmt-ignore
      [told, readAt, zone],
    ),
  )
  if (list === undefined) {
    return read.status === 'failed' ? (
      <RegistryFailure connectionId={connectionId} isActive={isActive} error={read.error} onRetry={refresh} />
    ) : (
      <StateView kind="loading" title="Asking the registry for its subjects…" />
    )
  }
  const open = ({ subject }: SubjectItem) => navigation.open({ kind: 'subject', connectionId, subject })
  const goToFirst = () => {
    table.current?.goToRow(0)
    table.current?.focus()
  }
  return (
    <View>
      <Bar
        label="Schemas"
        actions={
          <Button onPress={() => navigation.open({ kind: 'schemaDraft', connectionId })}>
            <PlusIcon size={14} aria-hidden="true" />
            New subject…
          </Button>
        }
      >
        <SearchField
          label="Filter subjects"
          placeholder="Filter by name"
          className={s.search}
          value={text}
          onChange={setText}
          inputRef={search}
          onDown={goToFirst}
          onSubmit={goToFirst}
        />
        <span className={s.count} aria-live="polite">
          {formatGrouped(found.length)} of {all}
        </span>
        <Spacer />
        <Toggle
          isSelected={withDeleted ?? list.withDeleted}
          onChange={(next) => {
            setWithDeleted(next)
            summaries.refresh()
            void subjects.load(connectionId, next)
          }}
        >
          Deleted ones too
        </Toggle>
        <IconButton label="Refresh" shortcut="F5" onPress={refresh}>
          <RefreshIcon size={14} />
        </IconButton>
      </Bar>
      {read.status === 'failed' && <ErrorBanner error={read.error} lead="The list is older." onRetry={refresh} />}
      {waveError !== undefined && (
        <ErrorBanner error={waveError} lead="Not all could be described." onRetry={refresh} />
      )}
      <RegistrySentence connectionId={connectionId} count={list.items.length} isCut={list.isCut} readAt={readAt} />
      <SmallTable
        handle={table}
        label="Subjects"
        columns={columns}
        columnsId="subjects"
        rows={rows}
        rowId={({ subject }) => subject}
        onOpen={open}
        onVisible={(visible) => {
          if (!isFew) summaries.want(visible.map(({ subject }) => subject), list.withDeleted) // oxfmt-ignore
        }}
        menu={(row) => [
          { id: 'open', label: 'Open', onAction: () => open(row) },
          ...topics.of(row.subject).map((topic) => ({
            id: `topic:${topic}`,
            label: `Messages of ${topic}`,
            onAction: () => navigation.open({ kind: 'messages', connectionId, topic }),
          })),
          '-',
          {
            id: 'draft',
            label: 'New version…',
            onAction: () => navigation.open({ kind: 'schemaDraft', connectionId, subject: row.subject }),
          },
          {
            id: 'compatibility',
            label: 'Compatibility…',
            onAction: () =>
              navigation.open({ kind: 'schemaChange', connectionId, what: 'compatibility', subject: row.subject }),
          },
          {
            id: 'delete',
            label: 'Delete…',
            isDanger: true,
            onAction: () =>
              navigation.open({
                kind: 'schemaChange',
                connectionId,
                what: 'delete',
                subject: row.subject,
                permanent: row.deleted,
              }),
          },
        ]}
        empty={
          text !== '' ? (
            <StateView
              kind="empty"
              title={`No subject contains “${text}”.`}
              actions={<Button onPress={() => setText('')}>Clear the filter</Button>}
            />
          ) : read.status === 'failed' ? null : (
            <StateView kind="empty" title="The registry shows no subjects.">
              It holds none yet, or these credentials may see none. A subject appears with its first schema.
            </StateView>
          )
        }
      />
    </View>
  )
}
