import type { Receipt, ReceiptRow, ReplayPlan, replay } from '#shared/contract/replay.ts'
import type { StreamSink } from '#shared/contract/define.ts'
import { fromErrorValue, SeeklineError } from '#shared/errors.ts'
import { outcomeOf, receiptSentence } from '#shared/replay/sentences.ts'
import type { Change } from '../../changes/change.ts'
import { runChange, type ChangeContext } from '../../changes/run-change.ts'
import type { KafkaCluster, TopicInfo } from '../../kafka/cluster.ts'
import type { LogReader } from '../../kafka/log-reader.ts'
import { produceLink, type ProduceSink } from '../../kafka/sending/produce-link.ts'
import { ReplayRun } from '../../kafka/replay/run-replay.ts'
import type { SourcePart, TransformedPart, TransformOptions } from '../../kafka/replay/transform-records.ts'
import { listOffsets } from '../../kafka/list-offsets.ts'
import { topicChange } from './new-topic.ts'
import { freshTopic, lookUp, refusalOf } from './plan.ts'
import { reported } from './progress.ts'
import { rulesOfTopic } from './target-concerns.ts'

export interface RunContext extends ChangeContext {
  source: { cluster: KafkaCluster; reader: Pick<LogReader, 'rawBatches'> }
  target: ProduceSink
  transform: (part: SourcePart, options: TransformOptions) => Promise<TransformedPart>
  sink: Pick<StreamSink<(typeof replay)['replay.run']>, 'progress'>
  giveUpAfterMs?: number
}

/** Copies as the plan says, and returns the outcome. */
export async function runReplay(plan: ReplayPlan, context: RunContext): Promise<Receipt> {
  if (plan.refusal !== null) throw fromErrorValue(plan.refusal)
  checkRows(plan)
  return (await runChange(replayChange(plan, context), context)).result
}

interface Seen {
  topic: TopicInfo
  /** null: there is no topic of that name. */
  found: TopicInfo | null
  /** The last stable offset of each partition that is copied. */
  stable: Map<number, bigint>
}

type Copied = { run: ReplayRun; rows: ReceiptRow[] }

function replayChange(plan: ReplayPlan, context: RunContext): Change<'replay', Seen, Copied> {
  const { source, target, signal } = context
  const { spec } = plan
  const startedAt = BigInt(Date.now())
  let topicCreated = false
  let copied: ReceiptRow[] | undefined
  const receipt = (id: string, { rows, growth }: Pick<Receipt, 'rows' | 'growth'>) =>
    receiptOf(plan, id, startedAt, topicCreated, { rows, growth }, context)
  return {
    kind: 'replay',
    identity: [
      { what: 'source cluster', planned: plan.sourceClusterId, now: source.cluster.info().clusterId },
      { what: 'target cluster', planned: plan.targetClusterId, now: target.cluster.info().clusterId },
    ],

    look: async () => {
      const topic = await freshTopic(source.cluster, spec.topic, signal)
      return {
        topic,
        found: await lookUp(target.cluster, spec.targetTopic.name, signal),
        stable: await stableEnds(plan, source.cluster, signal),
      }
    },

    differs: ({ topic, found, stable }) => {
      if (topic.topicId !== plan.sourceTopicId) throw recreated(spec.topic)
      const refusal = refusalOf(spec, found)
      if (refusal !== null) throw fromErrorValue(refusal)
      if (!spec.targetTopic.create) compareTarget(plan, found!) // a missing target that is not to be created was refused above
      compareEnds(plan, stable)
      return null
    },

    intent: () => ({ kind: 'replay', clusterId: plan.targetClusterId, plan }),

    act: async (_seen, id) => {
      try {
        let topicId = plan.targetTopicId
        if (spec.targetTopic.create) {
          const { name } = spec.targetTopic
          const making = topicChange(plan, spec.targetTopic, id, target.cluster, (until) =>
            lookUp(target.cluster, name, until),
          )
          topicId = (await runChange(making, context)).result.topicId
          topicCreated = true
        }
        const run = await prepared(plan, topicId, context)
        copied = await withProgress(run, context)
        return { run, rows: copied }
      } catch (error) {
        throw copied === undefined ? nothingCopied(error) : error
      }
    },

    readBack: async ({ run, rows }, _seen, id) => receipt(id, { rows, growth: await run.growth() }),

    // Usually nothing was copied: the topic could not be created, or there was no producer id.
    failed: (error, _seen, id) => receipt(id, { rows: copied ?? notBegun(plan, error), growth: [] }),
  }
}

async function prepared(plan: ReplayPlan, topicId: string | null, context: RunContext): Promise<ReplayRun> {
  const { source, target, signal } = context
  const { spec } = plan
  const link = produceLink(target, spec.targetTopic.name, topicId)
  const [producer, { rules }] = await Promise.all([
    link.newProducer(),
    rulesOfTopic(target.cluster, spec.targetTopic.name, signal),
  ])
  return new ReplayRun({
    reader: source.reader,
    topic: spec.topic,
    topicId: plan.sourceTopicId,
    rows: plan.rows,
    targetTopic: spec.targetTopic.name,
    link,
    producer,
    options: {
      byKey: spec.partitioning === 'by-key' ? plan.targetPartitions : null,
      timestamps: spec.timestamps,
      shiftMs: plan.shiftMs ?? 0n,
      maxBatchBytes: rules.maxMessageBytes,
    },
    transform: context.transform,
    ...(context.giveUpAfterMs === undefined ? {} : { giveUpAfterMs: context.giveUpAfterMs }),
    signal,
  })
}

/** A plan comes back from outside, so nothing in it is trusted. */
function checkRows(plan: ReplayPlan): void {
  const ends = new Map<number, bigint>()
  for (const row of plan.rows.toSorted((a, b) => a.partition - b.partition || (a.from < b.from ? -1 : 1))) {
    const before = ends.get(row.partition) ?? 0n
    if (row.error === undefined && (row.from < before || row.to < row.from)) {
      throw new SeeklineError(
        'call.invalid',
        `Partition ${row.partition} has ranges that overlap or end before they start.`,
      )
    }
    if (row.error === undefined) ends.set(row.partition, row.to)
    const { partitioning } = plan.spec
    if (row.error === undefined && partitioning === 'keep' && row.partition >= plan.targetPartitions) {
      throw new SeeklineError('call.invalid', `The target has no partition ${row.partition}.`)
    }
  }
}

function compareTarget(plan: ReplayPlan, found: TopicInfo): void {
  const { name } = plan.spec.targetTopic
  if (found.topicId !== plan.targetTopicId) throw recreated(name)
  if (found.partitions.length !== plan.targetPartitions) {
    throw stale(`${name} has ${found.partitions.length} partitions now; the plan saw ${plan.targetPartitions}.`)
  }
}

async function stableEnds(plan: ReplayPlan, cluster: KafkaCluster, signal: AbortSignal): Promise<Map<number, bigint>> {
  const partitions = [...new Set(copiedRows(plan).map((row) => row.partition))]
  const { topic } = plan.spec
  const answers = await listOffsets(
    cluster,
    partitions.map((partition) => ({ topic, partition, at: 'lso' as const })),
    { signal },
  )
  return new Map(
    answers.map(({ question, outcome }) => {
      if (!outcome.ok) throw outcome.error
      return [question.partition, outcome.value.offset ?? 0n]
    }),
  )
}

const copiedRows = ({ rows }: ReplayPlan) => rows.filter((row) => row.error === undefined && row.to > row.from)

/** An end is never beyond the last stable offset: otherwise records could be copied that are aborted later. */
function compareEnds(plan: ReplayPlan, stable: ReadonlyMap<number, bigint>): void {
  const beyond = copiedRows(plan).find((row) => row.to > stable.get(row.partition)!) // the last stable offset of every partition of the plan was read
  if (beyond === undefined) return
  const { partition, to } = beyond
  throw stale(
    `${plan.spec.topic}[${partition}] is decided up to offset ${stable.get(partition)} only; the plan reaches ${to}.`,
  )
}

async function withProgress(run: ReplayRun, { sink }: RunContext): Promise<ReceiptRow[]> {
  return await reported(() => run.run(), {
    counts: () => run.counts(),
    report: (counts, rate) => {
      const offsetRate = rate((one) => one.offsetsDone)
      sink.progress({
        ...counts,
        recordsPerSecond: rate((one) => one.copied),
        bytesPerSecond: rate((one) => one.bytes),
        secondsLeft: offsetRate > 0 ? Number(counts.offsetsTotal - counts.offsetsDone) / offsetRate : null,
      })
    },
  })
}

/** It ended before the first record was sent, for certain: only whether the topic was created may be unknown. */
function nothingCopied(error: unknown): unknown {
  if (!(error instanceof SeeklineError)) return error
  const { code, message, hint, retryable, details } = error
  const options = { retryable, details: { ...details, nothingCopied: true }, cause: error }
  return new SeeklineError(code, message, hint === undefined ? options : { ...options, hint })
}

function notBegun(plan: ReplayPlan, error: unknown): ReceiptRow[] {
  const failure = error instanceof SeeklineError ? error : new SeeklineError('internal', String(error))
  const status = failure.code === 'call.cancelled' ? 'cancelled' : 'failed'
  const { code, message, retryable } = failure
  return plan.rows.map(({ partition, from, to, openLeftOut }) => ({
    partition,
    from,
    to,
    done: from,
    copied: 0n,
    bytes: 0n,
    markers: 0n,
    aborted: 0n,
    missing: 0n,
    openLeftOut,
    refused: 0n,
    status,
    error: { code, message, retryable },
    targets: [],
  }))
}

function receiptOf(
  plan: ReplayPlan,
  id: string,
  startedAt: bigint,
  topicCreated: boolean,
  { rows, growth }: Pick<Receipt, 'rows' | 'growth'>,
  { profile }: RunContext,
): Receipt {
  return {
    id,
    plan,
    startedAt,
    endedAt: BigInt(Date.now()),
    topicCreated,
    rows,
    growth,
    copied: rows.reduce((sum, row) => sum + row.copied, 0n),
    bytes: rows.reduce((sum, row) => sum + row.bytes, 0n),
    outcome: outcomeOf(rows, growth),
    summary: receiptSentence(rows, { topic: plan.spec.targetTopic.name, name: profile.name }, topicCreated, growth),
  }
}

const stale = (message: string): SeeklineError =>
  new SeeklineError('plan.stale', message, { hint: 'Plan the replay again.' })

const recreated = (topic: string): SeeklineError =>
  new SeeklineError('kafka.topic-recreated', `${topic} was deleted and created again since the plan was made.`, {
    hint: 'Plan the replay again: offsets of the old topic mean nothing in the new one.',
    details: { topic },
  })
