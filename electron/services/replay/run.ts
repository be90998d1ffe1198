import type { LogGrowth, Receipt, ReceiptRow, ReplayPlan, replay } from '#shared/contract/replay.ts'
import type { StreamSink } from '#shared/contract/define.ts'
import { fromErrorValue, SeeklineError } from '#shared/errors.ts'
import { outcomeOf, receiptSentence } from '#shared/replay/sentences.ts'
import { createTopic } from '../../kafka/admin-api.ts'
import type { KafkaCluster, TopicInfo } from '../../kafka/cluster.ts'
import type { Reader } from '../../kafka/reader.ts'
import { clusterLink, type LinkTarget } from '../../kafka/replay/link.ts'
import { type ReplayCounts, ReplayRun } from '../../kafka/replay/run.ts'
import type { SourcePart, TransformedPart, TransformOptions } from '../../kafka/replay/transform.ts'
import { listOffsets } from '../../kafka/offsets-api.ts'
import { recorded } from '../recorded.ts'
import { freshTopic, refusalOf } from './plan.ts'
import { rulesOfTopic } from './target.ts'

/** The plan on disk before the first record goes out, the receipt after the last. */
export interface ReceiptJournal {
  start(plan: ReplayPlan): Promise<string>
  finish(receipt: Receipt): Promise<void>
}

export interface RunContext {
  source: { cluster: KafkaCluster; reader: Pick<Reader, 'rawBatches'> }
  target: LinkTarget
  targetName: string
  transform: (part: SourcePart, options: TransformOptions) => Promise<TransformedPart>
  receipts: ReceiptJournal
  sink: Pick<StreamSink<(typeof replay)['replay.run']>, 'progress'>
  signal: AbortSignal
  giveUpAfterMs?: number
}

const PROGRESS_MS = 250
/** Rates are over so many of the last seconds: steady to read, yet following what happens. */
const RATE_SECONDS = 5

/** Looks again, compares, journals, copies, and says what came of it. */
export async function runReplay(plan: ReplayPlan, context: RunContext): Promise<Receipt> {
  const { source, target, signal } = context
  const cluster = target.cluster
  if (plan.refusal !== null) throw fromErrorValue(plan.refusal)
  checkRows(plan)
  await compare(plan, context)
  const { spec } = plan
  const startedAt = BigInt(Date.now())
  const id = await context.receipts.start(plan)
  let topicCreated = false
  let rows: ReceiptRow[]
  let growth: LogGrowth[]
  try {
    let topicId = plan.targetTopicId
    if (spec.targetTopic.create) {
      const { name, partitions, replicationFactor, configs } = spec.targetTopic
      topicId = (await createTopic(cluster, { topic: name, partitions, replicationFactor, configs }, { signal }))
        .topicId
      topicCreated = true
    }
    const link = clusterLink(target, spec.targetTopic.name, topicId)
    const [producer, { rules }] = await Promise.all([
      link.newProducer(),
      rulesOfTopic(cluster, spec.targetTopic.name, signal),
    ])
    const run = new ReplayRun({
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
    rows = await reported(run, context)
    growth = await run.growth()
  } catch (error) {
    // Nothing was copied: the topic could not be made, or no producer id was given. The journal must not say "under way".
    const begun = receiptOf(plan, id, startedAt, topicCreated, { rows: notBegun(plan, error), growth: [] }, context)
    await recorded(begun, () => context.receipts.finish(begun))
    throw nothingCopied(error)
  }
  const receipt = receiptOf(plan, id, startedAt, topicCreated, { rows, growth }, context)
  return recorded(receipt, () => context.receipts.finish(receipt))
}

/** A plan comes back from outside; what it says is taken for a wish. */
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

async function compare(plan: ReplayPlan, { source, target, signal }: RunContext): Promise<void> {
  const { spec } = plan
  for (const [cluster, planned, which] of [
    [source.cluster, plan.sourceClusterId, 'source'],
    [target.cluster, plan.targetClusterId, 'target'],
  ] as const) {
    if (cluster.info().clusterId === planned) continue
    throw stale(`The plan was made with another cluster as its ${which} than the one that answers now.`)
  }
  const topic = await freshTopic(source.cluster, spec.topic, signal)
  if (topic.topicId !== plan.sourceTopicId) throw recreated(spec.topic)
  const found = await freshTopic(target.cluster, spec.targetTopic.name, signal).catch((error: unknown) => {
    if (error instanceof SeeklineError && error.code === 'kafka.topic-unknown') return null
    throw error
  })
  const refusal = refusalOf(spec, found)
  if (refusal !== null) throw fromErrorValue(refusal)
  if (!spec.targetTopic.create) compareTarget(plan, found!)
  await compareEnds(plan, source.cluster, signal)
}

function compareTarget(plan: ReplayPlan, found: TopicInfo): void {
  const { name } = plan.spec.targetTopic
  if (found.topicId !== plan.targetTopicId) throw recreated(name)
  if (found.partitions.length !== plan.targetPartitions) {
    throw stale(`${name} has ${found.partitions.length} partitions now; the plan saw ${plan.targetPartitions}.`)
  }
}

/** An end is never beyond the last stable offset; were it, records that are aborted later would be copied. */
async function compareEnds(plan: ReplayPlan, cluster: KafkaCluster, signal: AbortSignal): Promise<void> {
  const rows = plan.rows.filter((row) => row.error === undefined && row.to > row.from)
  const { topic } = plan.spec
  const partitions = [...new Set(rows.map((row) => row.partition))]
  const answers = await listOffsets(
    cluster,
    partitions.map((partition) => ({ topic, partition, at: 'lso' as const })),
    { signal },
  )
  for (const { question, outcome } of answers) {
    if (!outcome.ok) throw outcome.error
    const stable = outcome.value.offset ?? 0n
    const beyond = rows.find((row) => row.partition === question.partition && row.to > stable)
    if (beyond === undefined) continue
    throw stale(`${topic}[${beyond.partition}] is decided up to offset ${stable} only; the plan reaches ${beyond.to}.`)
  }
}

async function reported(run: ReplayRun, { sink }: RunContext): Promise<ReceiptRow[]> {
  const samples: { at: number; counts: ReplayCounts }[] = []
  const report = () => {
    const counts = run.counts()
    samples.push({ at: performance.now(), counts })
    while (samples.length > 2 && samples[0]!.at < performance.now() - RATE_SECONDS * 1_000) samples.shift()
    const first = samples[0]!
    const seconds = Math.max((performance.now() - first.at) / 1_000, 0.001)
    const rate = (of: (counts: ReplayCounts) => bigint) => Number(of(counts) - of(first.counts)) / seconds
    const offsetRate = rate((one) => one.offsetsDone)
    sink.progress({
      ...counts,
      recordsPerSecond: rate((one) => one.copied),
      bytesPerSecond: rate((one) => one.bytes),
      secondsLeft: offsetRate > 0 ? Number(counts.offsetsTotal - counts.offsetsDone) / offsetRate : null,
    })
  }
  report()
  const timer = setInterval(report, PROGRESS_MS)
  try {
    return await run.run()
  } finally {
    clearInterval(timer)
    report()
  }
}

/** It ended before the first record was sent, and that is known: only whether the topic was made may be open. */
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
  { targetName }: RunContext,
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
    summary: receiptSentence(rows, { topic: plan.spec.targetTopic.name, name: targetName }, topicCreated, growth),
  }
}

const stale = (message: string): SeeklineError =>
  new SeeklineError('plan.stale', message, { hint: 'Plan the replay again.' })

const recreated = (topic: string): SeeklineError =>
  new SeeklineError('kafka.topic-recreated', `${topic} was deleted and created again since the plan was made.`, {
    hint: 'Plan the replay again: offsets of the old topic mean nothing in the new one.',
    details: { topic },
  })
