import type { GroupMember, GroupType } from '../contract/groups.ts'

/** What kind of program owns a group, where that matters for what may be done with it. */
export type GroupNature =
  /** Consumers of a sink connector's tasks. `isSure`: the client ids show it; otherwise only the group's name does. */
  | { kind: 'connect-sink'; connector: string; isSure: boolean }
  /** The workers of a Kafka Connect cluster, which share out connectors and tasks. */
  | { kind: 'connect-workers' }
  /** Nodes of Confluent's Schema Registry, which elect their leader through the group. */
  | { kind: 'schema-registry' }
  /** No consumer ever joined: a client commits with assign(), or a tool did. */
  | { kind: 'simple' }

interface Facts {
  group: string
  type: GroupType
  protocolType: string
  /** Left out or null: not known. */
  members?: readonly Pick<GroupMember, 'clientId'>[] | null
}

/** Connect's default name for a sink's group; consumer.override.group.id replaces it. */
const SINK_GROUP = /^connect-(?<connector>.+)$/
/** The client id of a task's consumer in Connect: connector-consumer-<connector>-<task>. */
const SINK_CLIENT = /^connector-consumer-(?<connector>.+)-\d+$/

/** null: an ordinary group of its type. */
export function groupNature({ group, type, protocolType, members }: Facts): GroupNature | null {
  if (protocolType === 'connect') return { kind: 'connect-workers' }
  if (protocolType === 'sr') return { kind: 'schema-registry' }
  if (type === 'share' || type === 'streams') return null
  const known = members ?? []
  const connectors = new Set(known.map(({ clientId }) => SINK_CLIENT.exec(clientId)?.groups?.['connector']))
  const [told] = connectors
  if (told !== undefined && connectors.size === 1) return { kind: 'connect-sink', connector: told, isSure: true }
  const named = SINK_GROUP.exec(group)?.groups?.['connector']
  if (named !== undefined && known.length === 0) return { kind: 'connect-sink', connector: named, isSure: false }
  if (protocolType === '' && type === 'classic' && known.length === 0) return { kind: 'simple' }
  return null
}

/** In a few words, for a list. */
export function natureWord(nature: GroupNature): string {
  switch (nature.kind) {
    case 'connect-sink':
      return nature.isSure ? `Connect sink ${nature.connector}` : `by its name Connect sink ${nature.connector}`
    case 'connect-workers':
      return 'Connect workers'
    case 'schema-registry':
      return 'Schema Registry'
    case 'simple':
      return 'only commits'
  }
}

/** What to know about the group, above all before its positions are moved. */
export function natureSentence(nature: GroupNature): string {
  switch (nature.kind) {
    case 'connect-sink': {
      const who = `the sink connector ${nature.connector} of Kafka Connect`
      const what = nature.isSure
        ? `Its members are tasks of ${who}.`
        : `By its name it is the group of ${who}, unless somebody else called theirs so.`
      return `${what} Stop the connector before its positions move (PUT /connectors/${nature.connector}/stop; a paused one stays in the group); Connect can also set them itself (PATCH /connectors/${nature.connector}/offsets, KIP-875).`
    }
    case 'connect-workers':
      return 'Its members are the workers of a Kafka Connect cluster, which give out connectors and tasks here. It has no positions: those of sink connectors are in groups of their own, those of sources in Connect’s offsets topic.'
    case 'schema-registry':
      return 'Its members are nodes of a Schema Registry, which elect their leader here. It has no positions.'
    case 'simple':
      return 'No consumer ever joined it: somebody only commits to it, with assign() or by a tool. Such a consumer does not show as a member, even while it runs.'
  }
}
