import type { StreamsTopology } from '#shared/contract/groups.ts'

const MOST_NAMED = 6

/**
 * What to know before positions of a Kafka Streams application are moved: only those in its source topics move. What it has
 * written to its internal topics stays, and is read and added to again.
 */
export function streamsWarnings(group: string, topology: StreamsTopology | undefined): string[] {
  const subtopologies = topology?.subtopologies ?? []
  const repartition = new Set(subtopologies.flatMap((one) => one.repartitionSources))
  const changelogs = new Set(subtopologies.flatMap((one) => one.changelogs))
  const named = [
    ...(repartition.size === 0 ? [] : [`repartition topics ${listed([...repartition])}`]),
    ...(changelogs.size === 0 ? [] : [`changelog topics ${listed([...changelogs])}`]),
  ]
  const which = named.length === 0 ? '' : ` (${named.join('; ')})`
  return [
    `${group} is a Kafka Streams application. Its internal topics${which} are not reset, and its state stores keep what is in them: records that are read again are counted and joined with what is there, and those that are skipped are missing from it.`,
    `To start again, stop every instance, reset with Kafka’s kafka-streams-groups --reset-offsets --delete-all-internal-topics (of an application of the classic protocol: kafka-streams-application-reset), and have each instance clean its local state (KafkaStreams.cleanUp).`,
  ]
}

function listed(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ''
  return `${names.slice(0, MOST_NAMED).join(', ')}${more}`
}
