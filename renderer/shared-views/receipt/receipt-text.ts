import type { Receipt, ReceiptRow } from '#shared/contract/replay.ts'
import { formatTimestamp, type Zone } from '../../ui/format.ts'

/** The receipt as text for a ticket: the sentence, then one line per source range. Offsets without thin spaces. */
export function receiptText(receipt: Receipt, zone: Zone): string {
  const { plan } = receipt
  const { spec } = plan
  const lines = [
    receipt.summary,
    '',
    `Receipt ${receipt.id}`,
    `From ${spec.topic} (profile ${spec.source}, cluster ${plan.sourceClusterId ?? 'unknown'}, topic id ${plan.sourceTopicId ?? 'unknown'})`,
    `To ${spec.targetTopic.name}${receipt.topicCreated ? ', created' : ''} (profile ${spec.target}, cluster ${plan.targetClusterId ?? 'unknown'})`,
    `Partitions ${spec.partitioning === 'keep' ? 'kept' : 'by key'}, timestamps ${timestampWords(receipt)}`,
    `Started ${formatTimestamp(receipt.startedAt, zone)}, ended ${formatTimestamp(receipt.endedAt, zone)}`,
    `${receipt.copied} records, ${receipt.bytes} bytes, ${receipt.outcome}`,
    '',
  ]
  for (const row of receipt.rows) {
    const left = leftOut(row)
    lines.push(
      `partition ${row.partition}: ${row.from} to before ${row.to}, ${row.copied} copied, ${row.status}` +
        (row.done < row.to ? `, settled up to ${row.done}` : '') +
        (left === '' ? '' : `; left out: ${left}`) +
        (row.error === null ? '' : `; ${row.error.message}`),
    )
    for (const target of row.targets) {
      lines.push(`  -> partition ${target.partition}: ${target.first} to ${target.last}, ${target.records} records`)
    }
  }
  for (const log of receipt.growth) {
    const more = log.unacknowledged === null ? 'not told' : String(log.unacknowledged)
    const note = log.note === null ? '' : `; ${log.note}`
    lines.push(
      `log of partition ${log.partition}: from ${log.from} to ${log.to ?? 'unknown'}, ${log.acknowledged} acknowledged, ${more} beside them${note}`,
    )
  }
  return `${lines.join('\n')}\n`
}

/** Whether the target's logs gained what was acknowledged; empty: nothing was compared. */
export function growthWords(growth: Receipt['growth']): string {
  if (growth.length === 0) return ''
  if (growth.some((log) => (log.unacknowledged ?? 0n) > 0n)) return 'the logs hold more than was acknowledged'
  const untold = growth.filter((log) => log.unacknowledged === null || log.note !== null).length
  if (untold > 0) return `${untold} of ${growth.length} logs could not be compared`
  return 'the logs hold what was acknowledged, once'
}

/** "3 markers, 12 aborted": what was not copied of a range, and why. */
export function leftOut(row: Pick<ReceiptRow, 'markers' | 'aborted' | 'missing' | 'openLeftOut' | 'refused'>): string {
  const parts: string[] = []
  const add = (count: bigint, one: string, many: string) => {
    if (count > 0n) parts.push(`${count} ${count === 1n ? one : many}`)
  }
  add(row.aborted, 'aborted record', 'aborted records')
  add(row.markers, 'transaction marker', 'transaction markers')
  add(row.missing, 'offset without a record', 'offsets without a record')
  add(row.openLeftOut, 'offset of an open transaction', 'offsets of open transactions')
  add(row.refused, 'refused', 'refused')
  return parts.join(', ')
}

export function timestampWords({ plan }: Receipt): string {
  switch (plan.spec.timestamps) {
    case 'keep':
      return 'kept'
    case 'now':
      return 'stamped now'
    case 'shift':
      return plan.shiftMs === null ? 'shifted' : `shifted by ${plan.shiftMs} ms`
  }
}
