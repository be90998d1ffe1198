import type { GroupDetail, GroupPosition } from '#shared/contract/groups.ts'
import type { ElsewherePosition } from '#shared/contract/elsewhere.ts'
import type { Direction, Scope } from '#shared/contract/offsets.ts'
import type { IfNone, Place } from '#shared/model/place.ts'
import { ifNonePolicies } from '#shared/offsets/missing-place.ts'
import { positionWords, type PositionWords } from '#shared/offsets/position-words.ts'
import { chosenIfNone } from '../../shared-views/place/place-field.tsx'
import {
  noPlaceValues,
  placeForms,
  type OfferedPlace,
  type PlaceValues,
} from '../../shared-views/place/place-kinds.tsx'
import { parseOffset } from '../../ui/parse-offset.ts'
import { elsewhereLacks, nowhere, type ElsewhereForm } from './elsewhere.ts'
import { covers, requestedScope, topicsOf, type PlanScope } from './plan-scope.ts'

/**
 * Any place; the group's own positions, shifted; offsets typed into the table; or the positions of a group of another cluster.
 */
export type TargetKind = OfferedPlace | 'shift' | 'offsets' | 'elsewhere'

/** The settings in the toolbar. Fields that another choice hides keep their values. */
export interface PlanForm {
  readonly group: string
  /** Changed only by its own fields. */
  readonly scope: PlanScope
  /** Nothing is selected at first: otherwise a plan that nobody asked for would be one press away from being applied. */
  readonly to: TargetKind | undefined
  readonly place: PlaceValues
  readonly by: bigint | undefined
  readonly elsewhere: ElsewhereForm
  /** For partitions that do not have the place; undefined: the default of plans. */
  readonly ifNone: IfNone | undefined
  /** As typed, by partition. */
  readonly offsets: Readonly<Record<string, string>>
  /** Leave out partitions that would move in the other direction. */
  readonly only: Direction | undefined
  /** The journal entry to undo; then nothing else here applies. */
  readonly undo: string | undefined
  /** Positions committed after that entry are undone as well. */
  readonly takeBackLater: boolean
}

export const emptyPlan: PlanForm = {
  group: '',
  scope: undefined,
  to: undefined,
  place: noPlaceValues,
  by: undefined,
  elsewhere: nowhere,
  ifNone: undefined,
  offsets: {},
  only: undefined,
  undo: undefined,
  takeBackLater: false,
}

export type PlanInput = { scope: Scope; target: Place; ifNone?: IfNone; only?: Direction }

/** Changes only the settings that are given; among the places, too. */
export type PlanChange = Partial<Omit<PlanForm, 'place'>> & { place?: Partial<PlaceValues> }

/**
 * The request that a form describes, or a sentence that says what is missing. `undefined` positions: not known. `found`: the
 * positions here that correspond to those of a group in another cluster.
 */
export function planInputOf(
  form: PlanForm,
  positions: readonly GroupPosition[] | undefined,
  words: PositionWords = positionWords('unknown'),
  found?: readonly ElsewherePosition[],
): PlanInput | string {
  if (form.group === '') return 'Name the group.'
  const scope = requestedScope(form.group, form.scope, positions, words)
  if (typeof scope === 'string') return scope
  const target = targetOf(form, found)
  if (typeof target === 'string') return target
  if (form.to === 'elsewhere' && found !== undefined && !offsetsHere(found).some((at) => isRequested(scope, at))) {
    return `Where ${form.elsewhere.group} stands on the other cluster was found in none of these partitions. Take all its partitions, or choose others.`
  }
  // A missing position cannot be shifted, and any other target would not be a shift.
  const ifNone =
    form.to === 'shift' || form.to === 'elsewhere' ? {} : chosenIfNone([form.to], form.ifNone, ifNonePolicies.plan)
  return { scope, target, ...ifNone, ...(form.only === undefined ? {} : { only: form.only }) }
}

const isRequested = (scope: Scope, { topic, partition }: { topic: string; partition: number }): boolean =>
  scope.some((one) => one.topic === topic && (one.partitions === undefined || one.partitions.includes(partition)))

function targetOf(form: PlanForm, found: readonly ElsewherePosition[] | undefined): Place | string {
  switch (form.to) {
    case undefined:
      return `Choose a place for ${form.group} to go to.`
    case 'shift':
      if (form.by === undefined) return 'Enter by how many offsets to shift.'
      return { at: 'group', group: form.group, shift: form.by }
    case 'elsewhere':
      return elsewhereLacks(form.elsewhere) ?? { at: 'offsets', offsets: offsetsHere(found ?? []) }
    case 'offsets':
      return namedOffsets(form)
    default:
      return placeForms[form.to].of(form.place)
  }
}

function offsetsHere(found: readonly ElsewherePosition[]) {
  return found.flatMap(({ topic, partition, here }) => (here === null ? [] : [{ topic, partition, offset: here }]))
}

/** While none is typed, the plan leaves everything as it is, and so shows the rows to type into. */
function namedOffsets({ offsets: typed, scope }: PlanForm): Place | string {
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
  return { at: 'offsets', offsets }
}

/** Before there is a plan: the rows in scope with the group's current positions, for the table. */
export function positionsInScope({ scope }: PlanForm, { positions }: Pick<GroupDetail, 'positions'>): GroupPosition[] {
  const topics = new Set(topicsOf(scope, positions))
  return positions.filter((at) => {
    const own = scope?.find((one) => one.topic === at.topic)?.partitions ?? 'positioned'
    return topics.has(at.topic) && covers(scope, at) && (own !== 'positioned' || at.position !== null)
  })
}
