import type { GroupDetail, GroupPosition } from '#shared/contract/groups.ts'
import type { IfNone } from '#shared/contract/common.ts'
import type { Direction, Scope, Target } from '#shared/contract/offsets.ts'
import { parseOffset } from '../../ui/parse-offset.ts'
import { covers, requestedScope, topicsOf, type PlanScope } from './plan-scope.ts'

export type TargetKind = 'earliest' | 'latest' | 'timestamp' | 'shift' | 'offset' | 'offsets'

/** What the toolbar holds. Fields that another choice hides keep their values. */
export interface PlanForm {
  readonly group: string
  /** Changed by its own fields alone. */
  readonly scope: PlanScope
  /** Nothing chosen at first: a plan nobody asked for would stand one press away from being applied. */
  readonly to: TargetKind | undefined
  readonly offset: bigint | undefined
  readonly by: bigint | undefined
  readonly timestamp: bigint | undefined
  /** For partitions without a record that new. */
  readonly ifNone: IfNone
  /** As typed, by partition. */
  readonly offsets: Readonly<Record<string, string>>
  /** Partitions that would go the other way are left out. */
  readonly only: Direction | undefined
  /** The journal entry to undo; then nothing else here counts. */
  readonly undo: string | undefined
}

export const emptyForm: PlanForm = {
  group: '',
  scope: undefined,
  to: undefined,
  offset: undefined,
  by: undefined,
  timestamp: undefined,
  ifNone: 'refuse',
  offsets: {},
  only: undefined,
  undo: undefined,
}

export type PlanRequest = { scope: Scope; target: Target; only?: Direction }

/** The request a form stands for, or the sentence that says what is missing. `undefined` positions: not known. */
export function requestOf(form: PlanForm, positions: readonly GroupPosition[] | undefined): PlanRequest | string {
  if (form.group === '') return 'Name the group.'
  const scope = requestedScope(form.group, form.scope, positions)
  if (typeof scope === 'string') return scope
  const target = targetOf(form)
  if (typeof target === 'string') return target
  return { scope, target, ...(form.only === undefined ? {} : { only: form.only }) }
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
      return namedOffsets(form)
  }
}

/** With none typed yet the plan leaves all as it is, and so shows the rows to type into. */
function namedOffsets({ offsets: typed, scope }: PlanForm): Target | string {
  const offsets: { topic: string; partition: number; offset: bigint }[] = []
  for (const [key, text] of Object.entries(typed)) {
    if (text.trim() === '') continue
    const slash = key.indexOf('/')
    const at = { topic: key.slice(slash + 1), partition: Number(key.slice(0, slash)) }
    if (!covers(scope, at)) continue
    const parsed = parseOffset(text)
    if (!parsed.ok) return `${at.topic}, partition ${at.partition}: ${parsed.message}`
    offsets.push({ ...at, offset: parsed.value })
  }
  return { to: 'offsets', offsets }
}

/** Before any plan: the rows in scope as the group stands, for the table. */
export function positionsInScope({ scope }: PlanForm, { positions }: Pick<GroupDetail, 'positions'>): GroupPosition[] {
  const topics = new Set(topicsOf(scope, positions))
  return positions.filter((at) => {
    const own = scope?.find((one) => one.topic === at.topic)?.partitions ?? 'positioned'
    return topics.has(at.topic) && covers(scope, at) && (own !== 'positioned' || at.position !== null)
  })
}
