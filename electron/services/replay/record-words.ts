import type { NewRecord, RecordPlan, ReplayConcern } from '#shared/contract/replay.ts'
import type { SeeklineError } from '#shared/errors.ts'
import { bytesText, durationText } from '#shared/replay/sentences.ts'
import type { TopicRules } from './target.ts'

/** What a plan will do, in one sentence. */
export function recordSentence(plan: RecordPlan, clusterName: string): string {
  if (plan.refusal !== null) return plan.refusal.message
  const what = plan.valueSize === -1 ? 'A tombstone' : 'One record'
  const why = { given: '', 'by-key': ', chosen by its key', 'no-key': ', for it has no key' }[plan.chosen]
  const next = plan.nextOffset === null ? '' : `, at offset ${plan.nextOffset} or behind`
  const stamp = plan.timestamp === null ? 'stamped when it is written' : 'its timestamp kept'
  return `${what} will be appended to ${plan.topic} on ${clusterName}, partition ${plan.partition}${why}${next}, ${stamp}.`
}

/** What the topic would do to it. */
export function recordConcerns(
  record: NewRecord,
  bytes: number,
  rules: TopicRules,
  problem: SeeklineError | null,
  now: bigint,
): ReplayConcern[] {
  const out: ReplayConcern[] = []
  const add = (kind: ReplayConcern['kind'], sentence: string) => out.push({ kind, offsets: null, sentence })
  if (problem !== null) {
    add('other', `The topic’s settings may not be read (${problem.message}) Kafka’s defaults are assumed.`)
  }
  if (rules.compacts && record.key === null) add('refused', 'The topic is compacted: it refuses records without a key.')
  else if (rules.compacts) {
    add(
      'compacted',
      'The topic is compacted: of records with this key only the newest stays, and that will be this one.',
    )
  } else if (record.value === null) {
    add('other', 'The topic is not compacted: a tombstone removes nothing there.')
  }
  if (bytes > rules.maxMessageBytes) {
    add('too-large', `The topic takes batches of ${bytesText(BigInt(rules.maxMessageBytes))} at most; this one has ${bytesText(BigInt(bytes))} before it is compressed.`) // prettier-ignore
  }
  if (record.timestamp === null) return out
  if (rules.appendTime) {
    add(
      'restamped',
      'The topic stamps every record with the time it arrives (LogAppendTime); the timestamp is not kept.',
    )
    return out
  }
  const age = now - record.timestamp
  if (age > rules.beforeMaxMs) add('refused', `It is older than the topic accepts (${durationText(rules.beforeMaxMs)}, message.timestamp.before.max.ms).`) // prettier-ignore
  if (-age > rules.afterMaxMs) add('refused', `It lies further in the future than the topic accepts (${durationText(rules.afterMaxMs)}, message.timestamp.after.max.ms).`) // prettier-ignore
  if (rules.deletes && rules.retentionMs >= 0n && age > rules.retentionMs) {
    add('deleted', `It is older than the topic keeps records (${durationText(rules.retentionMs)}, retention.ms): it is deleted soon after it arrives.`) // prettier-ignore
  }
  return out
}
