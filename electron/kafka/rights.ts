import type { Operation } from './protocol/operations.ts'
import { features, type JudgedApi, kafkaApis, type Rights } from './protocol/api-table.ts'

export type RightsApi = JudgedApi | 'DescribeConfigs of brokers'

/** The one request whose right depends on what it asks about. */
const ofBrokers: Rights = { cluster: 'DescribeConfigs' }

const rightsFor = (api: RightsApi): Rights => (api === 'DescribeConfigs of brokers' ? ofBrokers : kafkaApis[api].rights)

/** The request, and what it was about: enough to name the missing right. */
export interface Asked {
  api: RightsApi
  topic?: string | undefined
  group?: string | undefined
}

const TOPIC = 29
const GROUP = 30
const CLUSTER = 31

/** "Read on group billing"; null: the code is not about rights, or the request needs no right of that kind. */
export function missingRight(code: number, { api, topic, group }: Asked): string | null {
  const needs = rightsFor(api)
  if (code === TOPIC && needs.topic !== undefined) return `${needs.topic} on ${topic === undefined ? 'the topic' : `topic ${topic}`}` // oxfmt-ignore
  if (code === GROUP && needs.group !== undefined) return `${needs.group} on ${group === undefined ? 'the group' : `group ${group}`}` // oxfmt-ignore
  if (code !== CLUSTER) return null
  if (api === 'InitProducerId') {
    const where = topic === undefined ? 'the topic it writes to' : `topic ${topic}`
    return `Write on ${where} (or, before Kafka 2.8, IdempotentWrite on the cluster)`
  }
  if (api === 'ListGroups') return 'Describe on the cluster, or on single groups'
  return needs.cluster === undefined ? null : `${needs.cluster} on the cluster`
}

/** The rights that a broker reports by itself (KIP-430), so that a plan can say in advance what would be refused. */
export type Told = readonly Operation[] | null

/** By topic. Missing or null: the brokers do not tell, and only trying will show. */
export type TopicRights = ReadonlyMap<string, Told>

/** "Read on group billing", if the request needs that right and the broker says it is missing; otherwise null. */
export function lacked(api: RightsApi, kind: keyof Rights, name: string, told: Told | undefined): string | null {
  const operation = rightsFor(api)[kind]
  if (operation === undefined || told == null || told.includes(operation)) return null
  return kind === 'cluster' ? `${operation} on the cluster` : `${operation} on ${kind} ${name}`
}

/** The table in the guide; a test compares the two. @internal Outside its file only tests use it. */
export function rightsTable(): string {
  const rows = features.map(({ name, apis, note }) => {
    const on = (kind: keyof Rights): string =>
      [...new Set(apis.map((api) => rightsFor(api)[kind]).filter((one) => one !== undefined))].sort().join(', ')
    return [name, on('topic'), on('group'), on('cluster'), note ?? ''].map((cell) => (cell === '' ? '–' : cell))
  })
  const head = ['to do this', 'on the topic', 'on the group', 'on the cluster', 'note']
  const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at]!.length))) // every row has a cell per column
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
