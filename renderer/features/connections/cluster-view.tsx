import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { ConnectionState } from '#shared/contract/connections.ts'
import { useConnection, useServices, useZone } from '../../workbench/services.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useCommand } from '../../workbench/use-command.ts'
import { profileOf } from '../../stores/connections.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatGrouped, formatTime, zoneLabel } from '../../ui/format.ts'
import { Bar, Spacer, Summary, View } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { Split } from '../../ui/split.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { toast, toastFailure } from '../../ui/toast.tsx'
import { createClusterStore, sentSentence, type ClusterFacts } from './cluster-store.ts'
import { createConnectStore } from './connect-store.ts'
import { ConnectionStrip } from './connection-strip.tsx'
import { accessWords } from './profile-words.ts'
import s from './connections.module.css'

/** The record of what was sent grows while one looks; it is read from memory. */
const REFRESH_MS = 2000

/** One cluster: who it is, its brokers, what they lack, and what this app has sent to them. */
export function ClusterView({ tabId, intent, isActive }: TabViewProps<'cluster'>) {
  const { connectionId } = intent
  const { api, connections, navigation } = useServices()
  const zone = useZone()
  const [store] = useState(() => createClusterStore(api.call, connectionId))
  const [connectStore] = useState(() => createConnectStore(connections))
  const facts = useStore(store, (state) => state.facts)
  const state = useConnection(connectionId)
  const entry = useStore(connections, (all) => profileOf(all, connectionId))
  const isUp = state?.status === 'connected'
  // What is known of a cluster is known while it is away, too.
  const isKnown = isUp || state?.status === 'reconnecting'

  useEffect(() => {
    if (!isActive || !isKnown) return undefined
    void store.load()
    const timer = setInterval(() => void store.load(), REFRESH_MS)
    return () => clearInterval(timer)
  }, [store, isActive, isKnown])
  useCommand('view.refresh', () => void store.load(), isActive)
  useTabStatus(
    tabId,
    useMemo(
      () => ({
        main:
          facts.readAt === undefined
            ? ''
            : `What was sent, as of ${formatTime(facts.readAt, zone).slice(0, 8)} ${zoneLabel(zone, facts.readAt)}`,
      }),
      [facts.readAt, zone],
    ),
  )

  const name = state?.name ?? entry?.profile.name ?? 'this cluster'
  const edit = () => navigation.openProfiles({ profileId: connectionId })
  return (
    <View>
      {!isUp && <ConnectionStrip profileId={connectionId} name={name} store={connectStore} onEdit={edit} />}
      {state === undefined && (
        <StateView
          kind="empty"
          layout={facts.value === undefined ? 'page' : 'strip'}
          title={`${name} is not open.`}
          actions={
            <Button variant="primary" size="small" onPress={() => void connectStore.connect(connectionId)}>
              Connect
            </Button>
          }
        />
      )}
      {facts.status === 'failed' && isUp && facts.value !== undefined && (
        <ErrorBanner error={facts.error} onRetry={() => void store.load()} />
      )}
      {facts.value === undefined ? (
        facts.status === 'failed' && isUp ? (
          <ErrorState error={facts.error} onRetry={() => void store.load()} />
        ) : (
          isUp && <StateView kind="loading" title="Asking the cluster about itself…" />
        )
      ) : (
        <Facts facts={facts.value} state={state} savedLimit={entry?.profile.readLimit} onEdit={edit} />
      )}
    </View>
  )
}

interface FactsProps {
  facts: ClusterFacts
  state: ConnectionState | undefined
  savedLimit: number | null | undefined
  onEdit: () => void
}

function Facts({ facts, state, savedLimit, onEdit }: FactsProps) {
  const sentence = sentSentence(facts.sent, formatGrouped)
  return (
    <>
      <Bar label="Cluster">
        {state !== undefined && <ReadLimit state={state} savedLimit={savedLimit} />}
        <Spacer />
        <Button onPress={onEdit}>Edit profile</Button>
      </Bar>
      <Summary
        badges={
          <>
            {state !== undefined && (
              <Badge tone={state.accessMode === 'full' ? 'neutral' : 'warn'} title={accessWords[state.accessMode]}>
                {state.accessMode}
              </Badge>
            )}
            {sentence.writes === 0 ? <Badge tone="ok">reads only</Badge> : <Badge tone="warn">writes were sent</Badge>}
          </>
        }
      >
        <b>{sentence.lead}</b>
        {sentence.rest} {state !== undefined && accessWords[state.accessMode]}
      </Summary>
      <dl className={s.clusterFacts}>
        <div>
          <dt>Cluster id</dt>
          <dd>
            {facts.clusterId === null ? (
              'not told'
            ) : (
              <>
                <code>
                  <SafeText text={facts.clusterId} />
                </code>
                <CopyButton text={facts.clusterId} label="Copy the cluster id" />
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd>
            {facts.kafkaVersion === null
              ? 'unknown: brokers do not tell it'
              : `Kafka ${facts.kafkaVersion}, judged by the APIs offered`}
          </dd>
        </div>
        <div>
          <dt>Not offered</dt>
          <dd>
            {facts.lacks.length === 0 ? (
              'Nothing: these brokers offer all that Seekline uses.'
            ) : (
              <ul>
                {facts.lacks.map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
            )}
          </dd>
        </div>
      </dl>
      <Split
        label="Resize the tables"
        panes={[
          {
            id: 'brokers',
            minSize: '320px',
            children: (
              <section className={s.half} aria-label="Brokers">
                <h3>
                  {facts.brokers.length} {facts.brokers.length === 1 ? 'broker' : 'brokers'}
                  {state?.status !== 'connected' && ', as last told: none answers now'}
                </h3>
                <SmallTable
                  label="Brokers"
                  columns={brokerColumns}
                  rows={facts.brokers}
                  rowId={(row) => String(row.id)}
                  empty={<p className={s.empty}>The cluster named no brokers.</p>}
                />
              </section>
            ),
          },
          {
            id: 'sent',
            defaultSize: '45%',
            minSize: '260px',
            children: (
              <section className={s.half} aria-label="Requests sent">
                <h3>Requests sent since connecting, by API</h3>
                <SmallTable
                  label="Requests sent"
                  columns={sentColumns}
                  rows={facts.sent}
                  rowId={(row) => row.api}
                  initialSort={{ column: 'count', direction: 'descending' }}
                  tone={(row) => (row.effect === 'write' ? 'warn' : undefined)}
                  empty={<p className={s.empty}>Nothing was sent yet.</p>}
                />
              </section>
            ),
          },
        ]}
      />
    </>
  )
}

const brokerColumns: TableColumn<ClusterFacts['brokers'][number]>[] = [
  { id: 'id', title: 'Id', width: 60, align: 'end', mono: true, value: (row) => row.id },
  {
    id: 'address',
    title: 'Advertised address',
    width: 150,
    flex: 1,
    mono: true,
    value: (row) => `${row.host}:${row.port}`,
    cell: (row) => <SafeText text={`${row.host.includes(':') ? `[${row.host}]` : row.host}:${row.port}`} limit={300} />,
  },
  {
    id: 'rack',
    title: 'Rack',
    width: 80,
    value: (row) => row.rack,
    cell: (row) => (row.rack === null ? <span className={s.dim}>none</span> : <SafeText text={row.rack} limit={80} />),
  },
  {
    id: 'controller',
    title: 'Controller',
    width: 96,
    value: (row) => row.controller,
    cell: (row) => (row.controller ? <Badge>controller</Badge> : null),
  },
]

const sentColumns: TableColumn<ClusterFacts['sent'][number]>[] = [
  { id: 'api', title: 'API', width: 160, flex: 1, value: (row) => row.api },
  { id: 'effect', title: 'Kind', width: 70, value: (row) => row.effect },
  {
    id: 'count',
    title: 'Requests',
    width: 90,
    align: 'end',
    mono: true,
    value: (row) => row.count,
    cell: (row) => formatGrouped(row.count),
  },
]

/** Changes what is running now; the profile keeps its own. */
function ReadLimit({ state, savedLimit }: { state: ConnectionState; savedLimit: number | null | undefined }) {
  const { api } = useServices()
  const shown = state.readLimit === null ? '' : String(state.readLimit)
  const [draft, setDraft] = useState<string>()
  const value = draft === undefined || draft.trim() === '' ? null : Number(draft.replace(',', '.'))
  const isWrong = value !== null && !(value >= 0.1 && value <= 10_000)
  const apply = () => {
    if (draft === undefined || isWrong) return
    setDraft(undefined)
    if (value === state.readLimit) return
    api
      .call('connections.setReadLimit', { connectionId: state.connectionId, readLimit: value })
      .then(
        () => toast(value === null ? 'Reading has no limit now.' : `Reading is limited to ${value} MB/s now.`),
        toastFailure,
      )
  }
  return (
    <>
      <TextField
        label="Read limit"
        layout="inline"
        mono
        className={s.limit}
        value={draft ?? shown}
        placeholder="none"
        onChange={setDraft}
        onBlur={apply}
        onEnter={apply}
        error={isWrong ? '0.1 to 10000 MB/s, or nothing.' : undefined}
        suffix={<span className={s.dim}>MB/s</span>}
      />
      {savedLimit !== undefined && savedLimit !== state.readLimit && (
        <span className={s.dim}>
          until this connection closes; the profile has {savedLimit === null ? 'none' : `${savedLimit} MB/s`}
        </span>
      )}
    </>
  )
}
