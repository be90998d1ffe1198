import type { GroupMember } from '#shared/contract/groups.ts'
import { formatPartitions } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import s from './groups.module.css'

export function MembersTable({ group, members }: { group: string; members: readonly GroupMember[] }) {
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

const named = (id: string, title: string, width: number, value: (member: GroupMember) => string | null): TableColumn<GroupMember> => ({ id, title, width, isSortable: true, value, cell: (member) => <SafeText text={value(member) ?? ''} limit={300} /> }) // prettier-ignore

const columns: readonly TableColumn<GroupMember>[] = [
  named('client', 'Client id', 170, (member) => member.clientId),
  named('host', 'Host', 130, (member) => member.host),
  { ...named('assignment', 'Reads', 200, assignmentOf), flex: 2 },
  { ...named('subscription', 'Subscribed to', 150, (member) => member.subscription.join(', ')), flex: 1 },
  named('instance', 'Static id', 110, (member) => member.instanceId),
  { id: 'epoch', title: 'Member epoch', width: 96, align: 'end', mono: true, isSortable: true, value: (member) => member.memberEpoch, cell: (member) => member.memberEpoch ?? <span className={s.faint}>–</span> }, // prettier-ignore
  { ...named('member', 'Member id', 220, (member) => member.memberId), flex: 1 },
]

/** `orders 0–5, payments 1`. */
function assignmentOf({ assignment }: GroupMember): string {
  if (assignment.length === 0) return 'no partition'
  const byTopic = new Map<string, number[]>()
  for (const { topic, partition } of assignment) byTopic.set(topic, [...(byTopic.get(topic) ?? []), partition])
  return [...byTopic].map(([topic, partitions]) => `${topic} ${formatPartitions(partitions)}`).join(', ')
}
