import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useConnection, useServices, useZone } from '../../workbench/services.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { profileOf } from '../../stores/connections.ts'
import type { Fetched } from '../../stores/fetched.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { Figures, type Figure } from '../../ui/key-figures.tsx'
import { formatBytes, formatGrouped, formatTime, zoneLabel } from '../../ui/format.ts'
import { RefreshIcon } from '../../ui/icons.ts'
import { Bar, Spacer, Summary, View } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { toast, toastFailure } from '../../ui/toast.tsx'
import { clusterSentence, createClusterStore, type ClusterFacts, type ClusterLoad } from './cluster-store.ts'
import { ClusterBrokers } from './cluster-brokers.tsx'
import { createConnectStore } from '../../shared-views/connection/connect-store.ts'
import { ConnectionStrip } from '../../shared-views/connection/connection-strip.tsx'
import { accessWords } from '../../shared-views/connection/access-mode.ts'
import { SentChip } from './sent-chip.tsx'
import s from './cluster.module.css'

/** The requests sent grow while somebody looks. They are read from memory. */
const REFRESH_MS = 2000

/** One cluster: its identity, what its brokers store, its problems, and the requests that this app has sent to it. */
export function ClusterView({ tabId, intent, isActive }: TabViewProps<'cluster'>) {
  const { connectionId } = intent
  const { api, connections, navigation } = useServices()
  const zone = useZone()
  const [store] = useState(() => createClusterStore(api.call, connectionId))
  const [connectStore] = useState(() => createConnectStore(connections))
  const { facts, load } = useStore(store)
  const state = useConnection(connectionId)
  const entry = useStore(connections, (all) => profileOf(all, connectionId))
  const isUp = state?.status === 'connected'
  // What is known of a cluster stays known while it cannot be reached.
  const isKnown = isUp || state?.status === 'reconnecting'

  useEffect(() => {
    if (isActive && isUp) void store.measure()
  }, [store, isActive, isUp])
  useEffect(() => {
    if (!isActive || !isKnown) return undefined
    void store.look()
    const timer = setInterval(() => void store.look(), REFRESH_MS)
    return () => clearInterval(timer)
  }, [store, isActive, isKnown])
  const refresh = () => void store.refresh()
  useOffer(refreshing, refresh, isActive)
  useTabStatus(
    tabId,
    useMemo(
      () => ({
        main:
          load.readAt === undefined
            ? ''
            : `Read ${formatTime(load.readAt, zone).slice(0, 8)} ${zoneLabel(zone, load.readAt)}`,
      }),
      [load.readAt, zone],
    ),
  )

  const name = state?.name ?? entry?.profile.name ?? 'this cluster'
  const edit = () => navigation.open({ kind: 'profiles', profileId: connectionId })
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
        <ErrorBanner error={facts.error} onRetry={() => void store.look()} />
      )}
      {facts.value === undefined ? (
        facts.status === 'failed' && isUp ? (
          <ErrorState error={facts.error} onRetry={() => void store.look()} />
        ) : (
          isUp && <StateView kind="loading" title="Asking the cluster about itself…" />
        )
      ) : (
        <Facts
          {...{ connectionId, load, state }}
          facts={facts.value}
          savedLimit={entry?.profile.readLimit}
          onEdit={edit}
          onRefresh={refresh}
          isActive={isActive && isUp}
        />
      )}
    </View>
  )
}

interface FactsProps {
  facts: ClusterFacts
  load: Fetched<ClusterLoad>
  state: ConnectionState | undefined
  savedLimit: number | null | undefined
  onEdit: () => void
  onRefresh: () => void
  connectionId: ConnectionId
  isActive: boolean
}

function Facts({ facts, load, state, savedLimit, onEdit, onRefresh, connectionId, isActive }: FactsProps) {
  const count = facts.brokers.length
  return (
    <>
      <Bar label="Cluster">
        {state !== undefined && <ReadLimit state={state} savedLimit={savedLimit} />}
        <Spacer />
        <Button onPress={onEdit}>Edit profile</Button>
        <IconButton label="Refresh" shortcut="F5" onPress={onRefresh}>
          <RefreshIcon size={14} />
        </IconButton>
      </Bar>
      <Summary
        badges={
          <>
            {state !== undefined && (
              <Badge tone={state.accessMode === 'full' ? 'neutral' : 'warn'} title={accessWords[state.accessMode]}>
                {state.accessMode}
              </Badge>
            )}
            <SentChip sent={facts.sent} />
          </>
        }
      >
        <strong>
          {load.value === undefined
            ? `${formatGrouped(count)} ${count === 1 ? 'broker' : 'brokers'}`
            : clusterSentence(load.value, count, formatGrouped)}
        </strong>
        {state !== undefined && accessWords[state.accessMode]}
      </Summary>
      {load.status === 'failed' && state?.status === 'connected' && (
        <ErrorBanner error={load.error} onRetry={onRefresh} />
      )}
      {load.value?.failures.map(({ what, error }) => (
        <StateView key={what} kind="partial" title={`${what}: ${error.message}`}>
          {error.hint}
        </StateView>
      ))}
      {load.value !== undefined && <Figures label="The cluster in numbers" items={figuresOf(load.value)} />}
      <ClusterFactList facts={facts} />
      <ClusterBrokers
        facts={facts}
        loads={load.value?.brokers}
        isUp={state?.status === 'connected'}
        connectionId={connectionId}
        isActive={isActive}
      />
    </>
  )
}

function figuresOf({ brokers, topics, partitions, underReplicated, leaderless }: ClusterLoad): Figure[] {
  const replicas = brokers.reduce((sum, broker) => sum + broker.replicas, 0)
  const behind = brokers.reduce((sum, broker) => sum + broker.behind, 0)
  const isWhole = brokers.every((broker) => broker.size !== null)
  const bytes = brokers.reduce((sum, broker) => sum + (broker.size ?? 0n), 0n)
  return [
    { value: formatGrouped(topics), words: 'topics that these rights show' },
    { value: formatGrouped(partitions), words: 'partitions' },
    {
      value: `${formatGrouped(replicas - behind)} of ${formatGrouped(replicas)}`,
      words: 'replicas in sync',
      tone: underReplicated > 0 ? 'warn' : undefined,
    },
    ...(leaderless > 0 ? [{ value: formatGrouped(leaderless), words: 'without a leader', tone: 'bad' as const }] : []),
    { value: isWhole ? formatBytes(bytes) : 'not told', words: 'on disk, all replicas' },
  ]
}

function ClusterFactList({ facts }: { facts: ClusterFacts }) {
  return (
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
  )
}

/** Changes the limit of the open connection; the profile keeps its own. */
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
