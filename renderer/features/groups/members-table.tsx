import { useMemo } from 'react'
import type { GroupMember } from '#shared/contract/groups.ts'
import { formatPartitions } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { notAtTarget, tasksOf } from './group-words.ts'
import s from './groups.module.css'

export function MembersTable({ group, members }: { group: string; members: readonly GroupMember[] }) {
  const columns = useMemo(() => columnsOf(members), [members])
  return (
    <SmallTable
      label={`Members of ${group}`}
      columns={columns}
      columnsId="members"
      rows={members}
      rowId={(member) => member.memberId}
      initialSort={{ column: 'client', direction: 'ascending' }}
    />
  )
}

const named = (id: string, title: string, width: number, value: (member: GroupMember) => string | null): TableColumn<GroupMember> => ({ id, title, width, isSortable: true, value, cell: (member) => <SafeText text={value(member) ?? ''} limit={300} /> }) // oxfmt-ignore

/** Columns that would be empty are left out. */
function columnsOf(members: readonly GroupMember[]): TableColumn<GroupMember>[] {
  const late = new Set(notAtTarget(members).map(({ memberId }) => memberId))
  const hasStreams = members.some(({ streams }) => streams !== undefined)
  const columns: (TableColumn<GroupMember> | false)[] = [
    named('client', 'Client id', 170, (member) => member.clientId),
    named('host', 'Host', 130, (member) => member.host),
    { ...named('assignment', 'Reads', 200, ({ assignment }) => assignedWords(assignment)), flex: 2 },
    hasStreams && { ...named('tasks', 'Tasks', 180, (member) => taskWords(member.streams)), flex: 1 },
    late.size > 0 && { ...named('target', 'Is to have', 170, (member) => (late.has(member.memberId) ? targetWords(member) : null)), flex: 1 }, // oxfmt-ignore
    { ...named('subscription', 'Subscribed to', 150, (member) => member.subscription.join(', ')), flex: 1 },
    members.some(({ instanceId }) => instanceId !== null) && named('instance', 'Static id', 110, (member) => member.instanceId), // oxfmt-ignore
    members.some(({ rack }) => rack !== undefined) && named('rack', 'Rack', 90, (member) => member.rack ?? null),
    members.some(({ isClassic }) => isClassic) && named('protocol', 'Protocol', 110, (member) => (member.isClassic ? 'still classic' : null)), // oxfmt-ignore
    hasStreams && named('process', 'Process', 150, (member) => member.streams?.processId ?? null),
    members.some(({ memberEpoch }) => memberEpoch !== null) && { id: 'epoch', title: 'Member epoch', width: 96, align: 'end', mono: true, isSortable: true, value: (member) => member.memberEpoch, cell: (member) => member.memberEpoch ?? <span className={s.faint}>–</span> }, // oxfmt-ignore
    { ...named('member', 'Member id', 220, (member) => member.memberId), flex: 1 },
  ]
  return columns.filter((column) => column !== false)
}

/** `orders 0–5, payments 1`. */
function assignedWords(assignment: GroupMember['assignment']): string {
  if (assignment.length === 0) return 'no partition'
  const byTopic = new Map<string, number[]>()
  for (const { topic, partition } of assignment) byTopic.set(topic, [...(byTopic.get(topic) ?? []), partition])
  return [...byTopic].map(([topic, partitions]) => `${topic} ${formatPartitions(partitions)}`).join(', ')
}

type Tasks = Pick<NonNullable<GroupMember['streams']>, 'active' | 'standby' | 'warmUp'>

/** `active 0_0, 0_1; standby 1_0`. */
function taskWords(tasks: Tasks | undefined): string | null {
  if (tasks === undefined) return null
  const kinds = [
    ['active', tasks.active],
    ['standby', tasks.standby],
    ['warm-up', tasks.warmUp],
  ] as const
  const words = kinds.flatMap(([kind, of]) => (of.length === 0 ? [] : [`${kind} ${of.flatMap(tasksOf).join(', ')}`]))
  return words.length === 0 ? 'no task' : words.join('; ')
}

function targetWords({ target, streams }: GroupMember): string {
  return streams === undefined ? assignedWords(target ?? []) : (taskWords(streams.target) ?? '')
}
