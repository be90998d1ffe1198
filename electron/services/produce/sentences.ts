import type { ProducePlan, ProduceReceipt, WrittenPlace } from '#shared/contract/produce.ts'
import type { ReplayConcern } from '#shared/contract/replay.ts'
import type { SeeklineError } from '#shared/errors.ts'
import { grouped } from '#shared/offsets/plan-sentence.ts'
import { growthSentences } from '#shared/replay/log-growth.ts'
import { bytesText, durationText } from '#shared/units.ts'
import type { TopicRules } from '../replay/target-concerns.ts'
import type { Survey } from './survey.ts'

const recordsText = (count: number | bigint): string =>
  `${grouped(BigInt(count))} ${BigInt(count) === 1n ? 'record' : 'records'}`

/** What a plan will do, in one or two sentences. */
export function planSentence(plan: Omit<ProducePlan, 'summary'>, clusterName: string): string {
  if (plan.refusal !== null) return plan.refusal.message
  const { records, tombstones, rate, places, schemas, bad } = plan
  const what = records === 1 && tombstones === 1 ? 'A tombstone' : records === 1 ? 'One record' : recordsText(records)
  const only = places.length === 1 ? places[0]! : null // its length is 1, as checked
  const next = only === null || only.nextOffset === null ? '' : `, at offset ${only.nextOffset} or behind`
  const where =
    only === null ? (places.length > 1 ? `, ${places.length} partitions` : '') : `, partition ${only.partition}${next}`
  const pace = rate === null ? '' : `, ${grouped(BigInt(rate))} a second${records > rate ? ` (${durationText(BigInt(Math.ceil(records / rate)) * 1_000n)})` : ''}` // oxfmt-ignore
  const by = schemas.length === 0 ? '' : ` Written by ${schemas.slice(0, 3).map(({ subject, version, part }) => `${subject ?? `the schema of the ${part}`}${version === null ? '' : ` version ${version}`}`).join(' and ')}${schemas.length > 3 ? ` and ${schemas.length - 3} more` : ''}.` // oxfmt-ignore
  const left =
    bad.total === 0
      ? ''
      : ` ${recordsText(bad.total)} that cannot be written ${bad.total === 1 ? 'is' : 'are'} left out.`
  return `${what} will be appended to ${plan.topic} on ${clusterName}${where}${pace}.${by}${left}`
}

/** What the topic would do to the records. */
export function concernsOf(
  survey: Survey,
  rules: TopicRules,
  problem: SeeklineError | null,
  now: bigint,
): ReplayConcern[] {
  const out: ReplayConcern[] = []
  const { tombstones, withoutKey, records, largest, oldest, newest } = survey
  const isOne = records === 1
  const add = (kind: ReplayConcern['kind'], sentence: string, count: number | null = null): void =>
    void out.push({ kind, offsets: count === null ? null : BigInt(count), sentence })
  if (problem !== null)
    add('other', `The topic’s settings may not be read (${problem.message}) Kafka’s defaults are assumed.`)
  if (rules.compacts && withoutKey > 0) {
    add('refused', `The topic is compacted: it refuses records without a key${isOne ? '' : `, and ${recordsText(withoutKey)} of these ${withoutKey === 1 ? 'has' : 'have'} none`}.`, withoutKey) // oxfmt-ignore
  }
  if (rules.compacts && withoutKey < records) {
    add('compacted', `The topic is compacted: of records with the same key only the newest stays${isOne ? ', and that will be this one' : ''}.`) // oxfmt-ignore
  } else if (!rules.compacts && tombstones > 0) {
    add('other', `The topic is not compacted: a tombstone removes nothing there.`, tombstones)
  }
  if (largest !== null && largest.bytes > rules.maxMessageBytes) {
    add('too-large', `The topic takes batches of ${bytesText(BigInt(rules.maxMessageBytes))} at most; ${isOne ? 'this one' : `record ${largest.line}`} has ${bytesText(BigInt(largest.bytes))} before it is compressed.`) // oxfmt-ignore
  }
  if (oldest === null || newest === null) return out
  if (rules.appendTime) {
    add('restamped', 'The topic stamps every record with the time it arrives (LogAppendTime); timestamps are not kept.')
    return out
  }
  const it = isOne ? 'It is' : 'Some are'
  const age = now - oldest
  if (age > rules.beforeMaxMs) add('refused', `${it} older than the topic accepts (${durationText(rules.beforeMaxMs)}, message.timestamp.before.max.ms).`) // oxfmt-ignore
  if (newest - now > rules.afterMaxMs) add('refused', `${isOne ? 'It lies' : 'Some lie'} further in the future than the topic accepts (${durationText(rules.afterMaxMs)}, message.timestamp.after.max.ms).`) // oxfmt-ignore
  if (rules.deletes && rules.retentionMs >= 0n && age > rules.retentionMs) {
    add('deleted', `${it} older than the topic keeps records (${durationText(rules.retentionMs)}, retention.ms): ${isOne ? 'it is' : 'they are'} deleted soon after.`) // oxfmt-ignore
  }
  return out
}

export function outcomeOf(
  { records }: Pick<ProducePlan, 'records'>,
  {
    places,
    growth,
    written,
    failures,
  }: Pick<ProduceReceipt, 'places' | 'growth' | 'written'> & { failures: { total: bigint } },
  isCancelled: boolean,
): ProduceReceipt['outcome'] {
  const asAcknowledged = growth.every((log) => (log.unacknowledged ?? 0n) === 0n)
  if (written === BigInt(records) && failures.total === 0n && asAcknowledged) return 'complete'
  if (places.some(({ status }) => status === 'unknown')) return 'unknown'
  if (isCancelled) return 'cancelled'
  return written > 0n ? 'partial' : 'failed'
}

/** The outcome, in one or two sentences: first what was written, then what was not. */
export function receiptSentence(
  plan: ProducePlan,
  {
    places,
    growth,
    written,
    failures,
    outcome,
  }: Pick<ProduceReceipt, 'places' | 'growth' | 'written' | 'failures' | 'outcome'>,
  clusterName: string,
  error: SeeklineError | null,
): string {
  const { topic } = plan
  const only = places.length === 1 ? places[0]! : null // its length is 1, as checked
  const head =
    plan.records === 1 && outcome === 'complete' && only?.first != null
      ? `The record is at ${topic}[${only.partition}]@${only.first}`
      : plan.records === 1 && written === 0n
        ? 'The record was not written'
        : `${recordsText(written)} ${written === 1n ? 'was' : 'were'} written to ${topic} on ${clusterName}`
  const tails: string[] = []
  const unknown = places.filter(({ status }) => status === 'unknown')
  if (unknown.length > 0) tails.push(`it is unknown what arrived in ${listed(unknown)}`)
  if (failures.total > 0n && plan.records > 1)
    tails.push(`${recordsText(failures.total)} ${failures.total === 1n ? 'was' : 'were'} not`)
  if (outcome === 'cancelled')
    tails.push(`it was cancelled, and ${recordsText(BigInt(plan.records) - written - failures.total)} never sent`)
  const why = error !== null && outcome !== 'cancelled' ? error.message : (failures.first[0]?.error.message ?? null)
  const said = `${[head, ...tails].join('; ')}${why === null || outcome === 'cancelled' || outcome === 'complete' ? '.' : `: ${why}`}`
  return [said, ...growthSentences(growth, topic, unknown.length > 0, '')].join(' ')
}

function listed(places: readonly WrittenPlace[]): string {
  const first = places.slice(0, 3).map(({ partition }) => `partition ${partition}`)
  return `${first.join(', ')}${places.length > 3 ? ` and ${places.length - 3} more` : ''}`
}
