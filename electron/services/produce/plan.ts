import type { BadRecord, ProducePlan, WrittenBy } from '#shared/contract/produce.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { ruleFor, type DecodeChoice } from '#shared/model/decode-choice.ts'
import type { ProduceSource } from '#shared/model/produce.ts'
import type { TopicInfo } from '../../kafka/cluster.ts'
import { listOffsets } from '../../kafka/list-offsets.ts'
import { problemSentence } from '../../kafka/produce/run-produce.ts'
import type {
  Composed,
  ComposeFrom,
  ComposeProblem,
  ComposeSettings,
  PartName,
} from '../../kafka/produce/compose-task.ts'
import { lacked } from '../../kafka/rights.ts'
import { topicRights } from '../../kafka/authorized-operations.ts'
import { isCancelled } from '../../kafka/cancellation.ts'
import { lackingRight } from '../offsets/rights.ts'
import { freshTopic } from '../replay/plan.ts'
import { rulesOfTopic } from '../replay/target-concerns.ts'
import type { ProduceAccess } from './produce-access.ts'
import { findSchemas, usualFrame, type FoundSchemaFor } from './find-schemas.ts'
import { chunksOf, digestOf } from './source-chunks.ts'
import { emptySurvey, survey, type Survey } from './survey.ts'
import { concernsOf, planSentence } from './sentences.ts'

export interface ProduceInput {
  topic: string
  source: ProduceSource
  skipBad: boolean
  show: number
}

/** How many generated records are made for a plan: they are all made alike. */
const MOST_TRIED = 1_000

/** Where the records would go, how each would be written, and what the topic would do to them. Writes nothing. */
export async function planProduce(
  access: ProduceAccess,
  input: ProduceInput,
  signal: AbortSignal,
): Promise<ProducePlan> {
  const { cluster, connectionId, profile } = access
  const { topic: name, source, skipBad, show } = input
  const topic = await freshTopic(cluster, name, signal)
  const [{ rules, problem }, rights, digest] = await Promise.all([
    rulesOfTopic(cluster, name, signal),
    topicRights(cluster, [name], { signal }),
    digestOf(source, signal),
  ])
  const seed = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)
  let refusal = placeRefusal(topic)
  const missing = lacked('Produce', 'topic', name, rights.get(name))
  if (missing !== null) refusal ??= lackingRight('The records cannot be written', missing)
  let found: FoundSchemaFor[] = []
  // Without its schemas nothing can be made, whatever else refuses the plan.
  let isUnmade = false
  try {
    found = await findSchemas(access, name, source, signal)
  } catch (error) {
    if (isCancelled(error)) throw error
    isUnmade = true
    refusal ??= toErrorValue(error)
  }
  const isEstimate = source.kind === 'generated' && source.count > MOST_TRIED
  const tried = isEstimate ? { ...source, count: MOST_TRIED } : source
  const seen = isUnmade
    ? emptySurvey()
    : await survey(
        chunksOf({ ...tried, rate: null }, signal),
        await composer(access, { topic, found, seed, maxBatchBytes: null }, signal),
        show,
      )
  const records = isEstimate && seen.bad === 0 ? source.count : seen.records
  if (seen.bad > 0 && !skipBad) refusal ??= badRefusal(seen)
  if (records === 0 && seen.bad === 0 && refusal === null) refusal = toErrorValue(new SeeklineError('plan.refused', 'There is no record in it.', { hint: 'A file has one record a line, as JSON.' })) // oxfmt-ignore
  if (records === 0 && seen.bad > 0) refusal ??= badRefusal(seen)
  const now = BigInt(Date.now())
  const plan: Omit<ProducePlan, 'summary'> = {
    version: 1,
    connectionId,
    clusterId: cluster.info().clusterId,
    topic: name,
    topicId: topic.topicId,
    partitions: topic.partitions.length,
    source: { kind: source.kind, name: nameOf(source), digest },
    seed,
    rate: source.rate,
    records,
    bytes: isEstimate
      ? BigInt(Math.round((seen.bytes / Math.max(seen.records, 1)) * source.count))
      : BigInt(seen.bytes),
    isEstimate,
    places: isEstimate ? [] : await placesOf(access, name, seen.places, signal),
    tombstones: isEstimate && seen.tombstones > 0 ? records : seen.tombstones,
    schemas: [...found.map(({ written }) => written), ...seen.used.map(byLine)],
    bad: { total: seen.bad, first: seen.problems.map(badRecord) },
    skipBad,
    preview: seen.preview,
    concerns: concernsOf(seen, rules, problem, now),
    refusal,
    madeAt: now,
  }
  return { ...plan, summary: planSentence(plan, profile.name) }
}

export interface ComposerOptions {
  topic: TopicInfo
  found: readonly FoundSchemaFor[]
  seed: number
  maxBatchBytes: number | null
}

/** Makes records from chunks, in a worker. */
export async function composer(
  access: Pick<ProduceAccess, 'connectionId' | 'pool' | 'registryKind' | 'rules'>,
  { topic, found, seed, maxBatchBytes }: ComposerOptions,
  signal: AbortSignal,
): Promise<(from: ComposeFrom, show: number) => Promise<Composed>> {
  const rules = await access.rules()
  const chosen = (part: PartName): DecodeChoice | null => ruleFor(rules, topic.name, part)?.chain[0] ?? null
  const settings: Omit<ComposeSettings, 'show'> = {
    connection: access.connectionId,
    partitions: topic.partitions.length,
    schemas: found.map((one) => one.found),
    frame: usualFrame(access.registryKind),
    chosen: { key: chosen('key'), value: chosen('value') },
    seed,
    maxBatchBytes,
  }
  return async (from, show) =>
    (await access.pool.run({ kind: 'encode', from, settings: { ...settings, show } }, signal)).composed
}

/** Why nothing may be written to a topic, or null. */
export function placeRefusal(topic: Pick<TopicInfo, 'internal' | 'name'>): ErrorValue | null {
  if (!topic.internal) return null
  const message = `${topic.name} belongs to Kafka itself; a record written to it could break the cluster.`
  return toErrorValue(new SeeklineError('plan.refused', message, { hint: 'Choose another topic.' }))
}

function badRefusal({ bad, problems }: Survey): ErrorValue {
  const first = problems[0]
  const what = bad === 1 ? 'A record cannot be written' : `${bad} records cannot be written`
  const why = first === undefined ? '' : ` ${bad === 1 ? '' : 'The first: '}${problemSentence(first)}`
  return toErrorValue(
    new SeeklineError('plan.refused', `${what}, so none is sent.${why}`, {
      hint: 'Mend what is wrong, or have such records left out.',
    }),
  )
}

function nameOf(source: ProduceSource): string | null {
  if (source.kind === 'lines') return source.name
  return source.kind === 'file' ? source.path : null
}

export function badRecord({ line, part, header, path, at, message }: ComposeProblem): BadRecord {
  const where = header === undefined ? path : `[${header.index}].${header.of}`
  return { line, part, problem: { path: where, at, message } }
}

function byLine({ part, schema, type, frame, message }: Survey['used'][number]): WrittenBy {
  const { id, subject, version } = schema
  return { part, subject, version, id, type, message, frame }
}

async function placesOf(
  { cluster }: ProduceAccess,
  topic: string,
  places: ReadonlyMap<number, number>,
  signal: AbortSignal,
): Promise<ProducePlan['places']> {
  const sorted = [...places].sort(([a], [b]) => a - b)
  const questions = sorted.map(([partition]) => ({ topic, partition, at: 'latest' as const }))
  const answers = questions.length === 0 ? [] : await listOffsets(cluster, questions, { signal })
  const ends = new Map(
    answers.map(({ question, outcome }) => [question.partition, outcome.ok ? outcome.value.offset : null]),
  )
  return sorted.map(([partition, records]) => ({ partition, records, nextOffset: ends.get(partition) ?? null }))
}
