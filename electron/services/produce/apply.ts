import type { produce, ProducePlan, ProduceReceipt } from '#shared/contract/produce.ts'
import type { StreamSink } from '#shared/contract/define.ts'
import { fromErrorValue, SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { ProduceSource } from '#shared/model/produce.ts'
import type { Change } from '../../changes/change.ts'
import { runChange, type ChangeContext } from '../../changes/run-change.ts'
import type { TopicInfo } from '../../kafka/cluster.ts'
import { ProduceRun } from '../../kafka/produce/run-produce.ts'
import { produceLink } from '../../kafka/sending/produce-link.ts'
import { freshTopic } from '../replay/plan.ts'
import { reported } from '../replay/progress.ts'
import { rulesOfTopic } from '../replay/target-concerns.ts'
import type { ProduceAccess } from './produce-access.ts'
import { composer, placeRefusal } from './plan.ts'
import { findSchemas, schemasDiffer, type FoundSchemaFor } from './find-schemas.ts'
import { chunksOf, digestOf } from './source-chunks.ts'
import { outcomeOf, receiptSentence } from './sentences.ts'

export interface ApplyContext extends ChangeContext {
  access: ProduceAccess
  sink: Pick<StreamSink<(typeof produce)['produce.apply']>, 'progress'>
  giveUpAfterMs?: number
}

/** For a single record the user waits: shorter than for many. */
const GIVE_UP_ONE_MS = 20_000

/** Writes what the plan saw, and returns the outcome. */
export async function applyProduce(
  source: ProduceSource,
  plan: ProducePlan,
  context: ApplyContext,
): Promise<ProduceReceipt> {
  if (plan.refusal !== null) throw fromErrorValue(plan.refusal)
  return (await runChange(produceChange(source, kept(plan), context), context)).result
}

/** The plan without its preview records: those must not end up on disk. */
function kept(plan: ProducePlan): ProducePlan {
  return { ...plan, preview: [], bad: { ...plan.bad, first: [] } }
}

interface Seen {
  topic: TopicInfo
  found: FoundSchemaFor[]
  digest: string
}

type Ended = Awaited<ReturnType<ProduceRun['run']>>

function produceChange(
  source: ProduceSource,
  plan: ProducePlan,
  context: ApplyContext,
): Change<'produce', Seen, { run: ProduceRun; ended: Ended }> {
  const { access, signal } = context
  const { topic: name } = plan
  const startedAt = BigInt(Date.now())
  const receipt = (id: string, ended: Ended, growth: ProduceReceipt['growth']): ProduceReceipt => {
    const { places, failures, written, bytes, error } = ended
    const outcome = outcomeOf(plan, { places, growth, written, failures }, signal.aborted)
    const done = { places, growth, written, bytes, failures, outcome }
    const summary = receiptSentence(plan, done, context.profile.name, error)
    return { id, plan, startedAt, endedAt: BigInt(Date.now()), ...done, summary }
  }
  return {
    kind: 'produce',
    identity: [{ what: 'cluster', planned: plan.clusterId, now: access.cluster.info().clusterId }],

    look: async () => ({
      topic: await freshTopic(access.cluster, name, signal),
      found: await findSchemas(access, name, source, signal),
      digest: await digestOf(source, signal),
    }),

    differs: (seen) => {
      compare(plan, source, seen)
      return null
    },

    intent: () => ({ kind: 'produce', clusterId: plan.clusterId, plan }),

    act: async ({ topic, found }) => {
      const link = produceLink(access, name, topic.topicId)
      const [producer, { rules }] = await Promise.all([link.newProducer(), rulesOfTopic(access.cluster, name, signal)])
      signal.throwIfAborted()
      const compose = await composer(access, { topic, found, seed: plan.seed, maxBatchBytes: rules.maxMessageBytes }, signal) // oxfmt-ignore
      const giveUpAfterMs = context.giveUpAfterMs ?? (plan.records === 1 ? GIVE_UP_ONE_MS : undefined)
      const run = new ProduceRun({
        topic: name,
        link,
        producer,
        giveUpAfterMs,
        signal,
        chunks: chunksOf(source, signal),
        compose: (from) => compose(from, 0),
        rate: plan.rate,
        skipBad: plan.skipBad,
      })
      const ended = await withProgress(run, plan, context)
      return { run, ended }
    },

    readBack: async ({ run, ended }, _seen, id) => receipt(id, ended, await run.growth()),

    // Nothing was sent: there was no producer id, or it was cancelled before the first record.
    failed: (error, _seen, id) => {
      const value = toErrorValue(error)
      const failures = { total: BigInt(plan.records), first: [{ line: 1, partition: null, error: value }] }
      const none = { places: [], written: 0n, bytes: 0n, failures, error: fromErrorValue(value) }
      return receipt(id, none, [])
    },
  }
}

/** Throws if anything has changed since the plan was made. */
function compare(plan: ProducePlan, source: ProduceSource, { topic, found, digest }: Seen): void {
  const { topic: name } = plan
  if (digest !== plan.source.digest || source.rate !== plan.rate) {
    const what = source.kind === 'file' ? 'The file is no longer what' : 'The records are not those that'
    throw stale(`${what} the plan was made for.`)
  }
  if (topic.topicId !== plan.topicId) throw recreated(name)
  const refusal = placeRefusal(topic)
  if (refusal !== null) throw fromErrorValue(refusal)
  if (topic.partitions.length !== plan.partitions) {
    throw stale(`${name} has ${topic.partitions.length} partitions now; the plan saw ${plan.partitions}.`)
  }
  const now = found.map(({ written }) => written)
  const evolved = schemasDiffer(plan.schemas, now)
  if (evolved !== null) throw stale(`Nothing was written: ${evolved}`)
}

async function withProgress(run: ProduceRun, { records }: ProducePlan, { sink }: ApplyContext): Promise<Ended> {
  return await reported(() => run.run(), {
    counts: () => run.counts(),
    report: (counts, rate) => {
      const recordsPerSecond = rate((one) => one.written)
      const left = records - Number(counts.written + counts.failed)
      const secondsLeft = recordsPerSecond > 0 ? left / recordsPerSecond : null
      sink.progress({ ...counts, of: BigInt(records), recordsPerSecond, secondsLeft })
    },
  })
}

const stale = (message: string): SeeklineError =>
  new SeeklineError('plan.stale', message, { hint: 'Make the plan again.' })

const recreated = (topic: string): SeeklineError =>
  new SeeklineError('kafka.topic-recreated', `${topic} was deleted and created again since the plan was made.`, {
    hint: 'Make the plan again.',
    details: { topic },
  })
