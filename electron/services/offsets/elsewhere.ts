import type { Output } from '#shared/contract/define.ts'
import type { elsewhere, ElsewherePosition } from '#shared/contract/elsewhere.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { LogBounds } from '#shared/model/log-bounds.ts'
import { byTopicPartition, splitKey } from '#shared/model/topic-partition.ts'
import { asSeeklineError } from '../../kafka/cancellation.ts'
import { listOffsets } from '../../kafka/list-offsets.ts'
import { mapLimited } from '../../kafka/map-limited.ts'
import { byTopic } from '../../kafka/routing.ts'
import type { GroupPort } from '../groups/group-port.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { findLast, findNext, findSame, isSame, type SameFaces, type RecordFace } from './same-record.ts'

type Answer = Output<(typeof elsewhere)['offsets.elsewhere']>
type Side = MessagesAccess & { groups: Pick<GroupPort, 'clusterId' | 'positions'> }

/** The time limit; what was not found by then is reported as such. */
const MOST_MS = 20_000
const TOPICS_AT_ONCE = 4

/** The positions of a group of the cluster `there`, found by its records in the cluster `here`. */
export async function positionsElsewhere(
  here: Side,
  there: Side,
  { group, prefix = '' }: { group: string; prefix?: string | undefined },
  signal: AbortSignal,
): Promise<Answer> {
  const failures: Answer['failures'] = []
  const stands: Stand[] = []
  for (const [key, found] of await there.groups.positions(group, 'all', signal)) {
    const { topic, partition } = splitKey(key)
    if ('error' in found) failures.push({ what: `${topic}, partition ${partition}`, error: found.error })
    else if (found.value !== null) stands.push({ topic, partition, there: found.value.offset })
  }
  if (stands.length === 0 && failures.length === 0) {
    throw new SeeklineError('call.invalid', `${group} has no position on that cluster.`, {
      hint: 'Look whether its name is right, and whether its positions have expired.',
    })
  }
  const isOne = here.groups.clusterId !== null && here.groups.clusterId === there.groups.clusterId
  if (isOne && prefix === '') {
    const items = stands.map((at) => ({ ...at, here: at.there, note: null }))
    return { items: items.toSorted(byTopicPartition), failures }
  }
  const over = AbortSignal.any([signal, await here.reader.timeLimit(MOST_MS, signal)])
  const items: ElsewherePosition[] = []
  await mapLimited(byTopic(stands), TOPICS_AT_ONCE, async ({ topic, items: own }) => {
    const name = prefix + topic
    const found = new Map<number, Found>()
    let because = 'It was not found in time.'
    try {
      await findTopic({ here, there }, { topic, name, own }, found, over)
    } catch (error) {
      if (signal.aborted) throw error
      if (!over.aborted) because = asSeeklineError(error).message
    }
    for (const { partition, there: offset } of own) {
      items.push({ topic: name, partition, there: offset, ...(found.get(partition) ?? { here: null, note: because }) })
    }
  })
  return { items: items.toSorted(byTopicPartition), failures }
}

interface Stand {
  topic: string
  partition: number
  there: bigint
}

type Found = Pick<ElsewherePosition, 'here' | 'note'>

/** The record that identifies a position: the one read next, or, if there is none yet, the one read last. */
interface Landmark extends Stand {
  face: RecordFace
  isLast: boolean
  log: LogBounds
}

const missing = (note: string): Found => ({ here: null, note })

/** Fills `found`, so that what was found before the time limit is reported. */
async function findTopic(
  { here, there }: { here: Side; there: Side },
  { topic, name, own }: { topic: string; name: string; own: readonly Stand[] },
  found: Map<number, Found>,
  signal: AbortSignal,
): Promise<void> {
  const partitions = own.map((at) => at.partition)
  const target = await here.reader.source.topic(name, true, signal)
  const source = await there.reader.source.topic(topic, true, signal)
  const [logsHere, logsThere] = await Promise.all([
    here.reader.source.bounds(name, partitions.filter((one) => target.partitions.has(one)), signal), // oxfmt-ignore
    there.reader.source.bounds(topic, partitions.filter((one) => source.partitions.has(one)), signal), // oxfmt-ignore
  ])
  const asked: (Stand & { log: LogBounds; from: LogBounds })[] = []
  for (const stand of own) {
    const log = logsHere.get(stand.partition)
    const from = logsThere.get(stand.partition)
    if (log === undefined) found.set(stand.partition, missing(`${name} has no partition ${stand.partition} here.`))
    else if (from === undefined)
      found.set(stand.partition, missing(`${topic} has no partition ${stand.partition} there any more.`)) // oxfmt-ignore
    else if (log instanceof Error) found.set(stand.partition, missing(log.message))
    else if (from instanceof Error) found.set(stand.partition, missing(from.message))
    else {
      const why = outside(stand.there, from)
      if (why === null) asked.push({ ...stand, log, from })
      else found.set(stand.partition, missing(why))
    }
  }
  const read = { topic, topicId: source.topicId }
  const nexts = await findNext(there, read, asked.map(({ partition, there: at, from }) => ({ partition, from: at, to: from.highWatermark })), signal) // oxfmt-ignore
  const ends = asked.filter(({ partition }) => !nexts.has(partition))
  const lasts = await findLast(there, read, ends.map(({ partition, there: at, from }) => ({ partition, from: from.logStart, to: at })), signal) // oxfmt-ignore
  const marks: Landmark[] = []
  for (const { from, ...stand } of asked) {
    const next = nexts.get(stand.partition)
    const face = next ?? lasts.get(stand.partition)
    if (face instanceof SeeklineError) found.set(stand.partition, missing(face.message))
    else if (face !== undefined) marks.push({ ...stand, face, isLast: next === undefined })
    else found.set(stand.partition, withoutRecord(stand.log, from))
  }
  await findMarks(here, { topic: name, topicId: target.topicId }, marks, found, signal)
}

function outside(offset: bigint, { logStart, highWatermark }: LogBounds): string | null {
  if (offset < logStart) return `It stands at ${offset} there, before the log start ${logStart}: the record is gone.`
  if (offset > highWatermark) return `It stands at ${offset} there, past the end ${highWatermark}: no record is there.`
  return null
}

/** There is no record before or after the position to identify it. */
function withoutRecord(log: LogBounds, from: LogBounds): Found {
  const areEmpty = log.logStart === log.highWatermark && from.logStart === from.highWatermark
  return areEmpty
    ? { here: log.highWatermark, note: 'Neither log holds a record: it goes to the end of this one.' }
    : missing('No record near its position there is left that would tell where it is here.')
}

async function findMarks(
  here: Side,
  read: { topic: string; topicId: string | null },
  marks: readonly Landmark[],
  found: Map<number, Found>,
  signal: AbortSignal,
): Promise<void> {
  // Copies that keep offsets are recognised by one record each.
  const there = marks.filter(({ face, log }) => face.offset >= log.logStart && face.offset < log.highWatermark)
  const same = await findNext(here, read, there.map(({ partition, face }) => ({ partition, from: face.offset, to: face.offset + 1n })), signal) // oxfmt-ignore
  const left: Landmark[] = []
  for (const mark of marks) {
    const candidate = same.get(mark.partition)
    const fits = candidate !== undefined && !(candidate instanceof SeeklineError) && isSame(mark.face, candidate)
    // After the record read last there may be markers there, and records here; before the one read next there are only records
    // that may be read again.
    if (fits) found.set(mark.partition, { here: mark.isLast ? mark.face.offset + 1n : mark.there, note: null })
    else left.push(mark)
  }
  const questions = left.map(({ partition, face }) => ({ topic: read.topic, partition, at: face.timestamp < 0n ? ('earliest' as const) : face.timestamp })) // oxfmt-ignore
  const answers = await listOffsets(here.cluster, questions, { signal, channel: 'browse' })
  const ranges = left.flatMap((mark, i) => {
    const outcome = answers[i]!.outcome // listOffsets answers every question, in the same order
    if (!outcome.ok) found.set(mark.partition, missing(outcome.error.message))
    if (!outcome.ok || outcome.value.offset === null) return []
    return [{ partition: mark.partition, from: outcome.value.offset, to: mark.log.highWatermark, face: mark.face }]
  })
  const hits = await findSame(here, read, ranges, signal)
  for (const mark of left) {
    if (!found.has(mark.partition)) found.set(mark.partition, byRecord(mark, hits.get(mark.partition)))
  }
}

function byRecord({ face, isLast }: Landmark, hit: SameFaces | SeeklineError | undefined): Found {
  const what = `${isLast ? 'The record that it read last' : 'The record that it would read next'} there, at offset ${face.offset},`
  if (hit instanceof SeeklineError) return missing(hit.message)
  if (hit === undefined) return missing(`${what} is newer than all records here.`)
  const [first, ...others] = hit.offsets
  if (first === undefined) return missing(`${what} was not found among ${hit.looked} records here from its timestamp on.`) // oxfmt-ignore
  // If several records look alike, the first one: reading some again does less harm than skipping some.
  const note = others.length === 0 ? null : `${what} looks like ${others.length + 1} records here; the first of them was taken.` // oxfmt-ignore
  return { here: isLast ? first + 1n : first, note }
}
