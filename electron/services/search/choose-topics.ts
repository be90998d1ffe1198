import { setImmediate as breath } from 'node:timers/promises'
import type { Output } from '#shared/contract/define.ts'
import type { searches } from '#shared/contract/searches.ts'
import { SeeklineError } from '#shared/errors.ts'
import { NoFilter } from '#shared/filters/predicate.ts'
import { re2Of } from '#shared/filters/regex.ts'
import { MOST_SEARCHED, type TopicChoice } from '#shared/model/topic-choice.ts'
import type { KafkaCluster } from '../../kafka/cluster.ts'

const AT_ONCE = 5_000
/** If more match, any of them are taken: nobody reads so many names. */
const MOST_SORTED = 10_000

/** The chosen topics: those that were named, or those whose names match now. */
export async function chooseTopics(
  cluster: KafkaCluster,
  choice: TopicChoice,
  signal: AbortSignal,
): Promise<Output<(typeof searches)['search.topics']>> {
  if (choice.by === 'names') {
    const names = [...new Set(choice.names)]
    await cluster.refresh({ topics: names, signal })
    const topics = names.map((topic) => ({ topic, partitions: cluster.topic(topic)?.partitions.length ?? 0 }))
    return { topics, more: 0, internal: 0 }
  }
  const fits = pattern(choice)
  await cluster.refresh({ signal })
  const topics: { topic: string; partitions: number }[] = []
  let more = 0
  let internal = 0
  // A cluster may have a million topics: the loop pauses so that nothing waits for all of their names.
  for (let from = 0; from < cluster.topics.size; from += AT_ONCE) {
    for (const one of cluster.topics.slice(from, AT_ONCE)) {
      if (!fits(one.name)) continue
      if (one.internal && !choice.internal) internal += 1
      else if (topics.length < MOST_SORTED) topics.push({ topic: one.name, partitions: one.partitions.length })
      else more += 1
    }
    await breath()
    signal.throwIfAborted()
  }
  const inOrder = topics.toSorted((a, b) => (a.topic < b.topic ? -1 : 1))
  return { topics: inOrder.slice(0, MOST_SEARCHED), more: more + Math.max(0, topics.length - MOST_SEARCHED), internal }
}

function pattern({ pattern: source, matchCase }: Extract<TopicChoice, { by: 'pattern' }>): (name: string) => boolean {
  try {
    const regex = re2Of(source, matchCase)
    return (name) => regex.test(name)
  } catch (error) {
    if (!(error instanceof NoFilter)) throw error
    const { message, at, length } = error
    throw new SeeklineError('call.invalid', message, { details: { at, length, path: 'topics.pattern' } })
  }
}
