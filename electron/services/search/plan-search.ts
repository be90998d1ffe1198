import type { SearchFailure, SearchOf } from '#shared/contract/searches.ts'
import { fromErrorValue, SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { widened, type ScanLedger } from '#shared/model/ledger.ts'
import { newScan } from '../messages/scan.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { recreated } from '../../kafka/reading/read-errors.ts'
import { chooseTopics } from './choose-topics.ts'

/** Requests at the same time. */
const AT_ONCE = 8
/** For all topics together: what a page can draw, and a ledger may hold. */
const MOST_PARTITIONS = 20_000

export interface PlannedSearch {
  ledgers: ScanLedger[]
  failures: SearchFailure[]
}

/** What there is to read in the chosen topics, a ledger each. A topic that cannot be read does not affect the others. */
export async function planSearch(
  access: MessagesAccess,
  connectionId: ConnectionId,
  of: SearchOf,
  signal: AbortSignal,
): Promise<PlannedSearch> {
  const { topics } = await chooseTopics(access.cluster, of.topics, signal)
  if (topics.length === 0) {
    throw new SeeklineError('kafka.topic-unknown', 'No topic has a name that fits.', {
      hint: 'The pattern is found anywhere in a name; ^ and $ hold it to its beginning and end.',
    })
  }
  if (of.partitions !== undefined && topics.length > 1) {
    throw new SeeklineError('call.invalid', 'Partitions are chosen of a single topic.')
  }
  const partitions = topics.reduce((sum, one) => sum + one.partitions, 0)
  if (partitions > MOST_PARTITIONS) {
    throw new SeeklineError('call.invalid', `These topics have ${partitions} partitions; at most ${MOST_PARTITIONS} are searched at once.`, { hint: 'Name fewer topics.' }) // oxfmt-ignore
  }
  const found: { ledger: ScanLedger | null; failures: SearchFailure[] }[] = []
  const queue = topics.entries()
  const work = async (): Promise<void> => {
    for (const [i, { topic }] of queue) found[i] = await planTopic(access, connectionId, topic, of, signal)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const ledgers = found.flatMap(({ ledger }) => (ledger === null ? [] : [ledger]))
  const failures = found.flatMap((one) => one.failures)
  const [first] = failures
  if (ledgers.length === 0 && first !== undefined) throw fromErrorValue(first.error)
  return { ledgers, failures }
}

/** The same search over more: what was read stays read. A topic that was created again is not part of it. */
export function widenedBy(before: readonly ScanLedger[], planned: PlannedSearch): PlannedSearch {
  const failures = [...planned.failures]
  const more = new Map(planned.ledgers.map((ledger) => [ledger.topic, ledger]))
  const ledgers = before.map((ledger) => {
    const wider = more.get(ledger.topic)
    more.delete(ledger.topic)
    if (wider === undefined) return ledger
    if (wider.topicId === ledger.topicId) return widened(ledger, wider.parts)
    failures.push({ topic: ledger.topic, partition: null, error: toErrorValue(recreated(ledger.topic)) })
    return ledger
  })
  return { ledgers: [...ledgers, ...more.values()], failures }
}

async function planTopic(
  access: MessagesAccess,
  connectionId: ConnectionId,
  topic: string,
  { partitions, start, end, ifNone, show }: SearchOf,
  signal: AbortSignal,
): Promise<{ ledger: ScanLedger | null; failures: SearchFailure[] }> {
  const input = {
    connectionId,
    topic,
    start,
    show,
    ...(partitions === undefined ? {} : { partitions }),
    ...(end === null ? {} : { end }),
    ...(ifNone === undefined ? {} : { ifNone }),
  }
  try {
    const { ledger, failures } = await newScan(access, input, signal)
    return { ledger, failures: failures.map((one) => ({ topic, ...one })) }
  } catch (error) {
    signal.throwIfAborted()
    return { ledger: null, failures: [{ topic, partition: null, error: toErrorValue(error) }] }
  }
}
