import { useMemo, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { GroupDetail, GroupMember } from '#shared/contract/groups.ts'
import { toErrorValue } from '#shared/errors.ts'
import { alertSentence } from '#shared/offsets/lag-alerts.ts'
import { alertsOf } from '../../stores/lag-alerts.ts'
import { useApi, useConnection, useNavigation, useServices, useZone } from '../../workbench/services.ts'
import { groupNature, natureWord } from '#shared/model/group-nature.ts'
import { positionWords } from '#shared/offsets/position-words.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { AnchorsButton } from '../../shared-views/anchors/anchors-button.tsx'
import { ExportMenu } from '../../shared-views/position-diff/export-menu.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatTime, zoneLabel } from '../../ui/format.ts'
import { DownIcon, JournalIcon, MoveIcon, RefreshIcon } from '../../ui/icons.ts'
import { Bar, Spacer, Summary, View } from '../../ui/layout.tsx'
import { Menu } from '../../ui/menu.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Split } from '../../ui/split-panes.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { createGroupStore } from './group-store.ts'
import { topicsWords } from '../../shared-views/position-diff/diff-rows.ts'
import { count, groupSentence, isOutOfRange, isShare, notAtTarget } from './group-words.ts'
import { InFlightTable, stretchesOf, type InFlightRow } from './in-flight-table.tsx'
import { inFlightTitle, whyNoneKnown } from './share-words.ts'
import { TopologyTable } from './topology-table.tsx'
import { useShareState } from './use-share-state.ts'
import { typeWords } from './group-rows.ts'
import { alertWords } from './lag-words.ts'
import { MembersTable } from './members-table.tsx'
import { Standing, type StandingProps } from './group-positions.tsx'
import { GroupTimeline } from './group-timeline.tsx'
import { LimitButton } from './limit-dialog.tsx'
import { useCommits } from './use-commits.ts'
import { useMoment } from './use-moment.ts'
import { useSamples } from './use-samples.ts'
import { usePolling } from './use-polling.ts'
import s from './groups.module.css'

const EVERY_MS = 3000
const HOUR_MS = 3_600_000

export function GroupView({ tabId, intent: { connectionId, group }, isActive }: TabViewProps<'group'>) {
  const api = useApi()
  const zone = useZone()
  const [store] = useState(() => createGroupStore(api, connectionId, group))
  const read = useStore(store)
  usePolling(store.load, EVERY_MS, isActive)
  const [sinceMs, setSinceMs] = useState(HOUR_MS)
  const samples = useSamples(connectionId, group, sinceMs, isActive)
  const { readAt, value: detail } = read
  const commits = useCommits(connectionId, group, sinceMs, isActive && detail !== undefined && !isShare(detail))
  const refresh = () => {
    commits.reload()
    void store.load()
  }
  useOffer(refreshing, refresh, isActive)
  const { moment, onMoment, then, setBack } = useMoment(connectionId, detail, samples, commits)
  const status = useMemo(
    () => ({
      main:
        readAt === undefined ? '' : `Read ${formatTime(readAt, zone).slice(0, 8)} ${zoneLabel(zone)}, again every 3 s`,
      aside: detail === undefined ? null : <span>{count(detail.positions.length, 'partition')}</span>,
    }),
    [readAt, zone, detail],
  )
  useTabStatus(tabId, status)

  if (detail === undefined) {
    return read.status === 'failed' ? (
      <ErrorState error={read.error} onRetry={() => void store.load()} />
    ) : (
      <StateView kind="loading" title={`Reading ${group}…`} />
    )
  }
  return (
    <View>
      <GroupBar detail={detail} connectionId={connectionId} isActive={isActive} onRefresh={refresh} />
      {read.status === 'failed' && <ErrorBanner error={read.error} onRetry={() => void store.load()} />}
      {detail.failures.map(({ what, error }) => (
        <StateView key={what} kind="partial" title={`${what}: ${error.message}`}>
          {error.hint}
        </StateView>
      ))}
      <GroupHead detail={detail} connectionId={connectionId} />
      {detail.positions.some((at) => at.position !== null) && (
        <GroupTimeline
          {...{ detail, samples, commits, sinceMs, moment }}
          onSince={setSinceMs}
          onMoment={onMoment}
          onSetBack={setBack}
        />
      )}
      <GroupBody
        detail={detail}
        connectionId={connectionId}
        isActive={isActive}
        samples={samples}
        then={then}
        isPartial={read.status === 'failed' || detail.failures.length > 0}
      />
    </View>
  )
}

interface PartProps {
  detail: GroupDetail
  connectionId: TabViewProps<'group'>['intent']['connectionId']
}

function GroupBar({
  detail,
  connectionId,
  isActive,
  onRefresh,
}: PartProps & { isActive: boolean; onRefresh: () => void }) {
  const navigation = useNavigation()
  const clusterId = useConnection(connectionId)?.clusterId
  const { group, positions } = detail
  const topics = [...new Set(positions.filter((at) => at.position !== null).map((at) => at.topic))]
  const only = topics.length === 1 ? topics[0] : undefined
  const { many } = positionWords(detail.type)
  const openAt = (topic: string) => navigation.open({ kind: 'messages', connectionId, topic, group })
  return (
    <Bar label={`Actions for ${group}`}>
      <Button variant="primary" onPress={() => navigation.open({ kind: 'plan', connectionId, group })}>
        <MoveIcon size={14} aria-hidden="true" />
        Move…
      </Button>
      {!isShare(detail) && detail.exists && topics.length > 0 && (
        <Button onPress={() => navigation.open({ kind: 'plan', connectionId, group: '', like: group })}>Clone…</Button>
      )}
      {only !== undefined && <Button onPress={() => openAt(only)}>{`Messages at its ${many}`}</Button>}
      {topics.length > 1 && (
        <Menu
          label={`Topic to open at the group’s ${many}`}
          trigger={
            <Button>
              {`Messages at its ${many}`}
              <DownIcon size={13} aria-hidden="true" />
            </Button>
          }
          items={topics.slice(0, 200).map((topic) => ({ id: topic, label: topic, onAction: () => openAt(topic) }))}
        />
      )}
      {!isShare(detail) && (
        <>
          <Button onPress={() => navigation.open({ kind: 'history', connectionId, group })}>History</Button>
          <Button onPress={() => navigation.open({ kind: 'step', connectionId, group })}>Step…</Button>
        </>
      )}
      {detail.exists && (
        <DeleteMenu group={group} words={many} connectionId={connectionId} hasPositions={topics.length > 0} />
      )}
      <Button
        onPress={() =>
          navigation.open({ kind: 'journal', group, ...(typeof clusterId === 'string' ? { clusterId } : {}) })
        }
      >
        <JournalIcon size={14} aria-hidden="true" />
        Journal
      </Button>
      <LimitButton connectionId={connectionId} group={group} isShare={isShare(detail)} />
      <Spacer />
      <Keeping detail={detail} connectionId={connectionId} isActive={isActive} />
      <IconButton label="Refresh" shortcut="F5" onPress={onRefresh}>
        <RefreshIcon size={14} />
      </IconButton>
    </Bar>
  )
}

/** Saves the group's positions as an anchor or as a file. */
function Keeping({ detail: { group, positions }, connectionId, isActive }: PartProps & { isActive: boolean }) {
  const hasPositions = positions.some((at) => at.position !== null)
  return (
    <>
      <AnchorsButton
        connectionId={connectionId}
        words={`where ${group} stands`}
        source={hasPositions ? () => ({ what: 'group', group }) : undefined}
      />
      <ExportMenu
        group={group}
        isActive={isActive}
        isDisabled={!hasPositions}
        exports={[
          {
            what: 'positions',
            name: 'positions',
            positions: () =>
              positions.map(({ topic, partition, position }) => ({ topic, partition, offset: position?.offset })),
          },
        ]}
      />
    </>
  )
}

function DeleteMenu({
  group,
  words,
  connectionId,
  hasPositions,
}: Pick<PartProps, 'connectionId'> & { group: string; words: string; hasPositions: boolean }) {
  const navigation = useNavigation()
  return (
    <Menu
      label="What to delete"
      trigger={
        <Button>
          Delete
          <DownIcon size={13} aria-hidden="true" />
        </Button>
      }
      items={[
        { id: 'positions', label: `${words.charAt(0).toUpperCase()}${words.slice(1)}…`, isDisabled: !hasPositions, onAction: () => navigation.open({ kind: 'delete', connectionId, group }) }, // oxfmt-ignore
        { id: 'group', label: 'The group…', onAction: () => navigation.open({ kind: 'delete', connectionId, group, what: 'group' }) }, // oxfmt-ignore
      ]}
    />
  )
}

function GroupHead({ detail, connectionId }: PartProps) {
  const { alerts } = useServices()
  const passed = useStore(alerts, (all) => all[connectionId])
  const { head, rest } = groupSentence(detail)
  const out = detail.positions.filter(isOutOfRange).length
  const topics = [...new Set(detail.positions.map((at) => at.topic))]
  const late = notAtTarget(detail.members).length
  const behind = (detail.members ?? []).filter(({ memberEpoch }) => memberEpoch !== null && detail.groupEpoch !== null && memberEpoch < detail.groupEpoch).length // oxfmt-ignore
  const nature = detail.exists ? groupNature(detail) : null
  const facts: [string, string][] = [
    // For a single topic the table has no column, so it is named here.
    ...(topics.length === 0
      ? []
      : ([[topics.length === 1 ? 'Topic' : 'Topics', topicsWords(topics)]] as [string, string][])),
    ['Type', typeWords[detail.type]],
    ['State', detail.state === '' ? 'not told' : detail.state],
  ]
  if (detail.assignor !== null && detail.assignor !== '') facts.push(['Assignor', detail.assignor])
  if (detail.topology !== undefined) facts.push(['Topology epoch', String(detail.topology.epoch)])
  if (detail.groupEpoch !== null) facts.push(['Group epoch', String(detail.groupEpoch)])
  if (detail.assignmentEpoch !== null) facts.push(['Target assignment epoch', String(detail.assignmentEpoch)])
  if (detail.coordinator !== null) facts.push(['Coordinator', `broker ${detail.coordinator}`])
  if (detail.protocolType !== '') facts.push(['Protocol', detail.protocolType])
  return (
    <>
      <Summary
        badges={
          <>
            {out > 0 && <Badge tone="warn">{out} out of range</Badge>}
            {alertsOf(passed, detail.group).map((alert) => (
              <Badge key={alert.what} tone="warn" title={alertSentence(alert)}>
                {alertWords[alert.what]}
              </Badge>
            ))}
            {nature !== null && <Badge>{natureWord(nature)}</Badge>}
            {late > 0 && <Badge tone="warn">{`${count(late, 'member')} not at the target yet`}</Badge>}
            {behind > 0 && <Badge tone="warn">{`${count(behind, 'member')} behind the group’s epoch`}</Badge>}
            {detail.unstable && <Badge tone="warn">a pending transaction holds positions</Badge>}
          </>
        }
      >
        <strong>
          <SafeText text={head} limit={400} />
        </strong>
        <SafeText text={rest} />
      </Summary>
      <dl className={s.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <SafeText text={value} limit={200} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

/** The positions, and below them the members and the parts of a streams group. */
function GroupBody(props: Omit<StandingProps, 'written'>) {
  const { connectionId, isActive } = props
  const { group, members, topology, positions } = props.detail
  const navigation = useNavigation()
  const { value: written, error } = useShareState(connectionId, props.detail, isActive)
  const inFlight = useMemo(() => stretchesOf(positions, written ?? new Map()), [positions, written])
  const whyNot = error === undefined ? whyNoneKnown(written?.values() ?? []) : toErrorValue(error).message
  const table = (
    <>
      {isShare(props.detail) && whyNot !== undefined && (
        <StateView kind="partial" title={`The state of records after the start offsets is not known: ${whyNot}`} />
      )}
      <Standing {...props} written={written} />
    </>
  )
  if (members === null && isShare(props.detail)) {
    return (
      <>
        <StateView kind="partial" title="These brokers do not tell the members of share groups.">
          Kafka 4.1 and later tell them.
        </StateView>
        {table}
      </>
    )
  }
  const openAt = ({ topic, partition, first }: InFlightRow) => navigation.open({ kind: 'messages', connectionId, topic, partition, group, offset: first }) // oxfmt-ignore
  const below = [
    ...(inFlight.length === 0
      ? []
      : [{ id: 'in-flight', title: inFlightTitle(inFlight.length, positions, written ?? new Map()), table: <InFlightTable group={group} rows={inFlight} onOpen={openAt} /> }]), // oxfmt-ignore
    ...(members === null || members.length === 0
      ? []
      : [{ id: 'members', title: count(members.length, 'member'), table: <MembersTable group={group} members={members} /> }]), // oxfmt-ignore
    ...(topology === undefined || topology.subtopologies.length === 0
      ? []
      : [{ id: 'topology', title: count(topology.subtopologies.length, 'subtopology'), table: <TopologyTable group={group} topology={topology} /> }]), // oxfmt-ignore
  ]
  return below.length === 0 ? table : <WithTables above={table} below={below} members={members ?? []} />
}

/** In a lower window the tables below the positions would leave room for only a few of them. */
const ROOMY_PX = 900

interface WithTablesProps {
  above: ReactNode
  below: readonly { id: string; title: string; table: ReactNode }[]
  members: readonly GroupMember[]
}

/** The tables below the positions, open or collapsed to a line that says what they contain. */
function WithTables({ above, below, members }: WithTablesProps) {
  const [isOpen, setOpen] = useState(() => innerHeight >= ROOMY_PX)
  if (!isOpen) {
    return (
      <>
        {above}
        <div className={s.folded}>
          <span>
            <SafeText text={foldedWords(below.map(({ title }) => title).join(', '), members)} limit={300} />
          </span>
          <Button size="small" aria-expanded={false} onPress={() => setOpen(true)}>
            Show
          </Button>
        </div>
      </>
    )
  }
  return (
    <Split
      label={below.length === 1 ? `Resize ${below[0]!.id}` : 'Resize the tables'} // its length is 1, as checked
      direction="vertical"
      panes={[
        { id: 'positions', minSize: '25%', children: above },
        ...below.map((one, i) => ({
          id: one.id,
          defaultSize: below.length > 1 ? '22%' : one.id === 'in-flight' ? '45%' : '30%',
          minSize: '80px',
          children: (
            <div className={s.pane}>
              <div className={s.section}>
                <span>{one.title}</span>
                {i === 0 && (
                  <Button size="small" aria-expanded onPress={() => setOpen(false)}>
                    Fold
                  </Button>
                )}
              </div>
              {one.table}
            </div>
          ),
        })),
      ]}
    />
  )
}

/** `2 members: billing-1 on 10.0.0.1, billing-2 on 10.0.0.2`. */
function foldedWords(title: string, members: readonly GroupMember[]): string {
  const named = members.map(({ clientId, host }) => `${clientId} on ${host.replace(/^\//, '')}`)
  return named.length === 0 ? title : `${title}: ${[...new Set(named)].join(', ')}`
}
