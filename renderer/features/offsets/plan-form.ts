import type { GroupDetail, GroupPosition } from '#shared/contract/groups.ts'
import type { IfNone } from '#shared/contract/common.ts'
import type { Scope, Target } from '#shared/contract/offsets.ts'
import { partitionKey } from '#shared/model/positions.ts'
import { parseOffset } from '../../ui/parse-offset.ts'

export type TargetKind = 'earliest' | 'latest' | 'timestamp' | 'shift' | 'offset' | 'offsets'

/** What the toolbar holds. Fields that another choice hides keep their values. */
export interface PlanForm {
  readonly group: string
  /** `undefined`: whatever the group has positions for. */
  readonly topics: readonly string[] | undefined
  /** Numbers only where one topic is chosen. */
  readonly partitions: 'positioned' | 'all' | readonly number[]
  /** Nothing chosen at first: a plan nobody asked for would stand one press away from being applied. */
  readonly to: TargetKind | undefined
  readonly offset: bigint | undefined
  readonly by: bigint | undefined
  readonly timestamp: bigint | undefined
  /** For partitions without a record that new. */
  readonly ifNone: IfNone
  /** As typed, by partition. */
  readonly offsets: Readonly<Record<string, string>>
  /** The journal entry to undo; then nothing else here counts. */
  readonly undo: string | undefined
}

export const emptyForm: PlanForm = {
  group: '',
  topics: undefined,
  partitions: 'positioned',
  to: undefined,
  offset: undefined,
  by: undefined,
  timestamp: undefined,
  ifNone: 'refuse',
  offsets: {},
  undo: undefined,
}

export type PlanRequest = { scope: Scope; target: Target }

/** The request a form stands for, or the sentence that says what is missing. */
export function requestOf(form: PlanForm, positions: readonly GroupPosition[]): PlanRequest | string {
  if (form.group === '') return 'Name the group.'
  const scope = scopeOf(form, positions)
  if (typeof scope === 'string') return scope
  const target = targetOf(form)
  return typeof target === 'string' ? target : { scope, target }
}

/** The topics in question: those named, else those the group has positions for. */
export function topicsOf(form: Pick<PlanForm, 'topics'>, positions: readonly GroupPosition[]): readonly string[] {
  return form.topics ?? [...new Set(positioned(positions).map((at) => at.topic))]
}

export function positioned(positions: readonly GroupPosition[]): GroupPosition[] {
  return positions.filter((at) => at.position !== null)
}

function scopeOf(form: PlanForm, positions: readonly GroupPosition[]): Scope | string {
  const topics = topicsOf(form, positions)
  if (topics.length === 0) {
    return positions.length === 0 && form.topics === undefined
      ? `${form.group} has no positions yet: add the topics it shall start with.`
      : 'Choose a topic.'
  }
  const { partitions } = form
  if (typeof partitions !== 'string') {
    if (partitions.length === 0) return 'Choose a partition.'
    return topics.map((topic) => ({ topic, partitions: [...partitions] }))
  }
  if (partitions === 'all') return topics.map((topic) => ({ topic }))
  const known = positioned(positions)
  return topics.map((topic) => {
    const own = known.filter((at) => at.topic === topic).map((at) => at.partition)
    // A topic the group never committed on has no position to go by: all its partitions are meant.
    return own.length === 0 ? { topic } : { topic, partitions: own }
  })
}

function targetOf(form: PlanForm): Target | string {
  switch (form.to) {
    case undefined:
      return `Choose where ${form.group} shall go.`
    case 'earliest':
    case 'latest':
      return { to: form.to }
    case 'offset':
      return form.offset === undefined ? 'Enter an offset.' : { to: 'offset', offset: form.offset }
    case 'shift':
      return form.by === undefined ? 'Enter by how many offsets to shift.' : { to: 'shift', by: form.by }
    case 'timestamp':
      if (form.timestamp === undefined) return 'Enter a time.'
      return { to: 'timestamp', timestamp: form.timestamp, ifNone: form.ifNone }
    case 'offsets':
      return namedOffsets(form.offsets)
  }
}

function namedOffsets(typed: PlanForm['offsets']): Target | string {
  const offsets: { topic: string; partition: number; offset: bigint }[] = []
  for (const [key, text] of Object.entries(typed)) {
    if (text.trim() === '') continue
    const slash = key.indexOf('/')
    const at = { topic: key.slice(slash + 1), partition: Number(key.slice(0, slash)) }
    const parsed = parseOffset(text)
    if (!parsed.ok) return `${at.topic}, partition ${at.partition}: ${parsed.message}`
    offsets.push({ ...at, offset: parsed.value })
  }
  return offsets.length === 0 ? 'Enter an offset for at least one partition.' : { to: 'offsets', offsets }
}

/** Offsets to start editing from: what the plan in view came to, else where the group stands, else the log's start. */
export function startingOffsets(
  rows: readonly {
    topic: string
    partition: number
    before: { offset: bigint } | null
    after?: { offset: bigint } | null | undefined
    bounds: { logStart: bigint } | null
  }[],
): Record<string, string> {
  const typed: Record<string, string> = {}
  for (const { topic, partition, before, after, bounds } of rows) {
    const offset = after?.offset ?? before?.offset ?? bounds?.logStart
    if (offset !== undefined) typed[partitionKey(topic, partition)] = String(offset)
  }
  return typed
}

/** Before any plan: the rows in scope as the group stands, for the table. */
export function positionsInScope(form: PlanForm, { positions }: Pick<GroupDetail, 'positions'>): GroupPosition[] {
  const topics = new Set(topicsOf(form, positions))
  const { partitions } = form
  return positions.filter(
    (at) =>
      topics.has(at.topic) &&
      (typeof partitions === 'string'
        ? partitions === 'all' || at.position !== null
        : partitions.includes(at.partition)),
  )
}
