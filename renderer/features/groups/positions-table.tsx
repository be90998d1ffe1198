import { useMemo } from 'react'
import type { GroupMember, GroupPosition } from '#shared/contract/groups.ts'
import type { UnreadOf } from '#shared/contract/lag.ts'
import type { ShareState } from '#shared/model/share-state.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { cx } from '../../ui/class-names.ts'
import { formatGrouped, formatTimestamp, isMuch } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { Seekline } from '../../ui/seekline.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import type { MenuEntry } from '../../ui/menu.tsx'
import { StateView } from '../../ui/state-view.tsx'
import type { Zone } from '../../ui/format.ts'
import { inFlightWords, inState, isInFlight } from './share-words.ts'
import type { ShareStates } from './share-state-store.ts'
import type { UnreadByPartition } from './unread-store.ts'
import { sourceWords, type StoodAt } from './timeline-model.ts'
import { LineCell } from './trend-cells.tsx'
import type { GroupSamples } from './use-samples.ts'
import { ageMsOf, ageWords, readableWords, type CellWords } from './unread-words.ts'
import { isOutOfRange, resetTold, standingWords } from './group-words.ts'
import s from './groups.module.css'

/** Ten minutes, at one reading every ten seconds. */
const LINE_LOOKS = 60

interface PositionRow extends GroupPosition {
  member: GroupMember | undefined
  /** The client ids of all members that receive records of a share group's partition. */
  sharers: string
  /** The stored states of a share group's records after the start offset. */
  written: ShareState | undefined
  unread: UnreadOf | undefined
  then: StoodAt | undefined
}

export interface PositionsTableProps {
  group: string
  /** The positions are start offsets (KIP-932), and a partition may have several members. */
  isShare: boolean
  positions: readonly GroupPosition[]
  members: readonly GroupMember[]
  /** What was read of the records after the positions. */
  unread: UnreadByPartition
  /** For a share group: the stored states of the records after its start offsets. */
  written: ShareStates | undefined
  /** The recent values of the lag. */
  samples: GroupSamples
  /** The positions at the selected time of the timeline. */
  then: ReadonlyMap<string, StoodAt> | undefined
  onVisible: (rows: readonly GroupPosition[]) => void
  zone: Zone
  /** Some part could not be read: a missing row then proves nothing. */
  isPartial: boolean
  onOpen: (at: GroupPosition) => void
  menu: (at: GroupPosition) => readonly MenuEntry[]
}

/** Every partition for which the group has a position or a member. */
export function PositionsTable(props: PositionsTableProps) {
  const {
    group,
    isShare,
    positions,
    members,
    unread,
    written,
    samples,
    then,
    onVisible,
    zone,
    isPartial,
    onOpen,
    menu,
  } = props
  const rows = useMemo(() => {
    const byId = new Map(members.map((member) => [member.memberId, member]))
    return positions.map((at): PositionRow => ({
      ...at,
      member: at.memberId === null ? undefined : byId.get(at.memberId),
      sharers: (at.memberIds ?? []).map((one) => byId.get(one)?.clientId ?? one).join(', '),
      written: written?.get(keyOf(at)),
      unread: unread.get(keyOf(at)),
      then: then?.get(keyOf(at)),
    }))
  }, [positions, members, unread, written, then])
  const hasThen = then !== undefined
  const hasTopics = new Set(positions.map((at) => at.topic)).size > 1
  const hasMembers = members.length > 0
  // Columns that would be empty are left out.
  const hasMetadata = positions.some((at) => at.position !== null && at.position.metadata !== '')
  const hasEpochs = positions.some((at) => at.position !== null && at.position.leaderEpoch >= 0)
  const hasUndecided = !isShare && positions.some((at) => at.stableLag !== at.lag)
  const hasFlight = isShare && rows.some((at) => isInFlight(at.written))
  const columns = useMemo(
    () => columnsOf({ isShare, hasTopics, hasMembers, hasMetadata, hasEpochs, hasUndecided, hasThen, hasFlight, zone, samples }), // oxfmt-ignore
    [isShare, hasTopics, hasMembers, hasMetadata, hasEpochs, hasUndecided, hasThen, hasFlight, zone, samples],
  )
  return (
    <SmallTable
      label={`${isShare ? 'Start offsets' : 'Positions'} of ${group}`}
      columns={columns}
      columnsId="positions"
      rows={rows}
      rowId={(at) => keyOf(at)}
      tone={(at) => (at.error === undefined ? (isOutOfRange(at) ? 'warn' : undefined) : 'bad')}
      onOpen={onOpen}
      onVisible={onVisible}
      menu={menu}
      empty={
        isPartial ? null : (
          <StateView kind="empty" title={`${group} has no ${isShare ? 'start offsets' : 'positions'}.`}>
            {isShare
              ? 'They appear with the first consumer that reads a topic; the group’s share.auto.offset.reset decides where it starts.'
              : 'They appear with the group’s first commit; until then each client’s auto.offset.reset decides where it starts.'}
          </StateView>
        )
      }
    />
  )
}

interface Shape {
  isShare: boolean
  hasTopics: boolean
  hasMembers: boolean
  hasMetadata: boolean
  hasEpochs: boolean
  /** Records of open transactions are between the last stable offset and the high watermark. */
  hasUndecided: boolean
  /** A time is selected in the timeline. */
  hasThen: boolean
  /** The state of some record after a start offset is stored. */
  hasFlight: boolean
  zone: Zone
  samples: GroupSamples
}

function columnsOf(shape: Shape): TableColumn<PositionRow>[] {
  const { isShare, hasTopics, hasMembers, hasMetadata, hasEpochs, hasUndecided, hasThen, hasFlight, zone, samples } =
    shape
  const number = (id: string, title: string, value: (at: PositionRow) => bigint | null): TableColumn<PositionRow> => ({
    id,
    title,
    width: 92,
    align: 'end',
    mono: true,
    isSortable: true,
    value,
    cell: (at) => grouped(value(at)),
  })
  const columns: (TableColumn<PositionRow> | false)[] = [
    hasTopics && { id: 'topic', title: 'Topic', width: 140, flex: 1, isSortable: true, value: (at) => at.topic, cell: (at) => <SafeText text={at.topic} /> }, // oxfmt-ignore
    {
      id: 'partition',
      title: 'Partition',
      width: 84,
      align: 'end',
      mono: true,
      isSortable: true,
      value: (at) => at.partition,
    },
    {
      ...number('position', isShare ? 'Start offset' : 'Position', (at) => at.position?.offset ?? null),
      cell: positionCell,
    },
    hasThen && { ...number('then', isShare ? 'Start then' : 'Position then', (at) => at.then?.offset ?? null), width: 112, cell: (at) => thenCell(at.then) }, // oxfmt-ignore
    hasThen && { id: 'thenBy', title: 'Told by', width: 130, isSortable: true, value: (at) => at.then && sourceWords[at.then.source], cell: (at) => at.then && <span title={at.then.at === null ? undefined : formatTimestamp(at.then.at, zone)}>{sourceWords[at.then.source]}</span> }, // oxfmt-ignore
    { id: 'line', title: 'Log start → high watermark', width: 176, flex: 1, value: () => null, cell: lineCell },
    { ...number('behind', 'Behind, time', (at) => ageMsOf(at, at.unread)), width: 100, cell: (at) => worded(ageWords(at, at.unread, zone)) }, // oxfmt-ignore
    { ...number('lag', isShare ? 'Lag, records' : 'Lag, offsets', (at) => at.lag), cell: lagCell },
    hasFlight && { id: 'inFlight', title: 'In flight', width: 116, mono: true, isSortable: true, value: (at) => (isInFlight(at.written) ? at.written.end : null), cell: (at) => worded(inFlightWords(at.written)) }, // oxfmt-ignore
    hasFlight && { ...number('acknowledged', 'Acknowledged', (at) => inState(at.written, 'acknowledged')), width: 108 },
    hasFlight && { ...number('archived', 'Archived', (at) => inState(at.written, 'archived')), width: 80 },
    hasFlight && { ...number('available', 'Available again', (at) => inState(at.written, 'available')), width: 114 },
    hasFlight && { ...number('deliveries', 'Deliveries', (at) => (isInFlight(at.written) ? BigInt(at.written.mostDeliveries) : null)), width: 86 }, // oxfmt-ignore
    // For a share group, the readings are not its lag.
    !isShare && { id: 'lately', title: 'Lag lately', width: 96, value: () => null, cell: (at) => <LineCell line={samples.model.lineOf(keyOf(at), LINE_LOOKS)} what={`partition ${at.partition}`} /> }, // oxfmt-ignore
    hasUndecided && { ...number('stableLag', 'Lag, stable', (at) => at.stableLag), width: 96 },
    // In a share group some records after the start offset are already processed, so their number is not what is unread.
    !isShare && { ...number('readable', 'Unread records', readableOf), width: 112, cell: (at) => worded(readableWords(at, at.unread)) }, // oxfmt-ignore
    { id: 'standing', title: 'In range?', width: 200, flex: 2, isSortable: true, value: (at) => at.standing, cell: standingCell }, // oxfmt-ignore
    number('logStart', 'Log start', (at) => at.logStart),
    { ...number('lastStable', 'Last stable', (at) => at.lastStable), width: 100 },
    { ...number('highWatermark', 'High watermark', (at) => at.highWatermark), width: 124 },
    isShare && hasMembers && { id: 'sharers', title: 'Given to', width: 150, flex: 1, isSortable: true, value: (at) => at.sharers, cell: (at) => text(at.sharers) }, // oxfmt-ignore
    !isShare && hasMembers && { id: 'client', title: 'Client id', width: 130, isSortable: true, value: (at) => at.member?.clientId, cell: (at) => text(at.member?.clientId) }, // oxfmt-ignore
    !isShare && hasMembers && { id: 'host', title: 'Host', width: 110, isSortable: true, value: (at) => at.member?.host, cell: (at) => text(at.member?.host) }, // oxfmt-ignore
    !isShare && hasMembers && { id: 'member', title: 'Member', width: 130, isSortable: true, value: (at) => at.memberId, cell: (at) => text(at.memberId) }, // oxfmt-ignore
    hasMetadata && { id: 'metadata', title: 'Metadata', width: 120, flex: 1, isSortable: true, value: (at) => at.position?.metadata, cell: (at) => text(at.position?.metadata) }, // oxfmt-ignore
    hasEpochs && { id: 'epoch', title: 'Leader epoch', width: 92, align: 'end', mono: true, value: (at) => epoch(at) },
  ]
  return columns.filter((column) => column !== false)
}

function grouped(value: bigint | null) {
  return value === null ? <span className={s.faint}>–</span> : formatGrouped(value)
}

function text(value: string | null | undefined) {
  return value === null || value === undefined || value === '' ? null : <SafeText text={value} limit={300} />
}

/** −1 means that the client that committed did not say. */
function epoch({ position }: PositionRow): number | null {
  return position === null || position.leaderEpoch < 0 ? null : position.leaderEpoch
}

function positionCell({ position, error }: PositionRow) {
  if (position !== null) return formatGrouped(position.offset)
  // What could not be read is not "none".
  return <span className={s.faint}>{error === undefined ? 'none' : 'not read'}</span>
}

function lagCell({ lag }: PositionRow) {
  if (lag === null) return <span className={s.faint}>–</span>
  return <span className={isMuch(lag) ? s.lag : undefined}>{formatGrouped(lag)}</span>
}

function worded(words: CellWords | null) {
  if (words === null) return <span className={s.faint}>–</span>
  return (
    <span className={words.tone === undefined ? undefined : s[words.tone]} title={words.title}>
      {words.text}
    </span>
  )
}

function readableOf({ standing, unread }: PositionRow): bigint | null {
  if (standing === 'at-end') return 0n
  return unread === undefined || unread.readable.kind === 'unknown' ? null : unread.readable.records
}

function lineCell({ logStart, highWatermark, lastStable, position, partition }: PositionRow) {
  if (logStart === null || highWatermark === null) return null
  return (
    <Seekline
      label={`Partition ${partition}`}
      logStart={logStart}
      highWatermark={highWatermark}
      lastStable={lastStable ?? undefined}
      position={position?.offset ?? null}
    />
  )
}

const isReset = (at: PositionRow): boolean => at.memberIds === undefined && (at.standing === 'none' || isOutOfRange(at))

function thenCell(then: StoodAt | undefined) {
  if (then === undefined) return <span className={s.faint}>not known</span>
  return then.offset === null ? <span className={s.faint}>none</span> : formatGrouped(then.offset)
}

function standingCell(at: PositionRow) {
  const { text: words, tone } = standingWords(at)
  return (
    <span
      className={cx(s.standing, tone === undefined ? s.faint : s[tone])}
      title={isReset(at) ? `${words}\n${resetTold}` : words}
    >
      <SafeText text={words} />
    </span>
  )
}
