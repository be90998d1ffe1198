import { growthSentences } from './log-growth.ts'
import type { LogGrowth, ReceiptRow, Receipt, ReplayPlan } from '../contract/replay.ts'
import { grouped } from '../offsets/plan-sentence.ts'
import { bytesText, count } from '../units.ts'

/** What a plan will do, in one sentence. It counts offsets, not records: some may be markers, aborted or compacted away. */
export function replaySentence(
  plan: Pick<ReplayPlan, 'spec' | 'rows' | 'offsets' | 'estimatedBytes' | 'refusal'>,
  targetName: string,
): string {
  const { spec, rows, offsets, estimatedBytes, refusal } = plan
  if (refusal !== null) return refusal.message
  const copied = rows.filter((row) => row.error === undefined)
  const refused = new Set(rows.filter((row) => row.error !== undefined).map((row) => row.partition)).size
  const cannot = refused === 0 ? '' : ` ${count(refused, 'partition')} cannot be copied.`
  const open = rows.reduce((sum, row) => sum + row.openLeftOut, 0n)
  const left = open === 0n ? '' : ` ${grouped(open)} more in open transactions ${open === 1n ? 'is' : 'are'} left out.`
  const into = spec.targetTopic.create ? `the new topic ${spec.targetTopic.name}` : spec.targetTopic.name
  if (offsets === 0n) return `Nothing of ${spec.topic} lies in the range, so nothing will be copied.${left}${cannot}`
  const partitions = new Set(copied.filter((row) => row.offsets > 0n).map((row) => row.partition)).size
  const size = estimatedBytes === null ? '' : `, about ${bytesText(estimatedBytes)}`
  const what = `${grouped(offsets)} ${offsets === 1n ? 'offset' : 'offsets'} of ${spec.topic} (${count(partitions, 'partition')}${size})`
  return `${what} will be copied to ${into} on ${targetName}.${left}${cannot}`
}

export function outcomeOf(
  rows: readonly Pick<ReceiptRow, 'status' | 'copied' | 'refused'>[],
  growth: readonly Pick<LogGrowth, 'unacknowledged' | 'note'>[] = [],
): Receipt['outcome'] {
  if (rows.some((row) => row.status === 'cancelled')) return 'cancelled'
  const asAcknowledged = growth.every((log) => (log.unacknowledged ?? 0n) === 0n)
  if (asAcknowledged && rows.every((row) => row.status === 'complete' && row.refused === 0n)) return 'complete'
  return rows.some((row) => row.copied > 0n || row.status === 'complete') ? 'partial' : 'failed'
}

/** The outcome of a replay, in one or two sentences. */
export function receiptSentence(
  rows: readonly ReceiptRow[],
  to: { topic: string; name: string },
  topicCreated: boolean,
  growth: readonly LogGrowth[] = [],
): string {
  const sum = (field: 'copied' | 'refused' | 'openLeftOut') => rows.reduce((all, row) => all + row[field], 0n)
  const copied = sum('copied')
  const created = topicCreated ? `, which was created for it` : ''
  const head = `${grouped(copied)} ${copied === 1n ? 'record was' : 'records were'} copied to ${to.topic} on ${to.name}${created}`
  const tails: string[] = []
  const refused = sum('refused')
  if (refused > 0n) tails.push(`${grouped(refused)} ${refused === 1n ? 'offset was' : 'offsets were'} refused`)
  const unknown = rows.filter((row) => row.status === 'unknown')
  if (unknown.length > 0) {
    const where = unknown.slice(0, 3).map((row) => `partition ${row.partition} from source offset ${row.done}`)
    const more = unknown.length > 3 ? ` and ${unknown.length - 3} more` : ''
    tails.push(`it is unknown what arrived of ${where.join(', ')}${more}`)
  }
  const failed = rows.filter((row) => row.status === 'failed')
  if (failed.length > 0) {
    const where = failed.slice(0, 3).map((row) => `partition ${row.partition} at source offset ${row.done}`)
    const more = failed.length > 3 ? ` and ${failed.length - 3} more` : ''
    tails.push(`it stopped in ${where.join(', ')}${more}`)
  }
  if (rows.some((row) => row.status === 'cancelled')) tails.push('it was cancelled before its end')
  const said = tails.length === 0 ? `${head}.` : `${head}; ${tails.join('; ')}.`
  return [said, ...growthSentences(growth, to.topic, unknown.length > 0)].join(' ')
}
