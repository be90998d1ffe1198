import type { Direction, GroupsPlan, PlanSpec } from '#shared/contract/offsets.ts'
import type { IfNone, Place } from '#shared/model/place.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { ifNonePolicies } from '#shared/offsets/missing-place.ts'
import { csvProblemSentence, readPositionsCsv, specsOfCsv } from '#shared/offsets/positions-csv.ts'
import { chosenIfNone } from '../../shared-views/place/place-field.tsx'
import {
  noPlaceValues,
  placeForms,
  type OfferedPlace,
  type PlaceValues,
} from '../../shared-views/place/place-kinds.tsx'
import type { PositionsFile } from './plan-file.ts'

export type GroupsTargetKind = OfferedPlace | 'shift' | 'file'

/** The settings for several groups at once: one target for all of them, or the offsets of a file. */
export interface GroupsPlanForm {
  readonly groups: readonly string[]
  /** undefined: all topics in which they have positions. */
  readonly topics: readonly string[] | undefined
  /** Excluded partitions of a group, by {@link groupRowKey}. */
  readonly leftOut: ReadonlySet<string>
  readonly to: GroupsTargetKind | undefined
  readonly place: PlaceValues
  readonly by: bigint | undefined
  readonly ifNone: IfNone | undefined
  readonly only: Direction | undefined
  readonly file: { readonly name: string; readonly specs: readonly PlanSpec[] } | undefined
}

export const emptyGroupsPlan: GroupsPlanForm = {
  groups: [],
  topics: undefined,
  leftOut: new Set(),
  to: undefined,
  place: noPlaceValues,
  by: undefined,
  ifNone: undefined,
  only: undefined,
  file: undefined,
}

export type GroupsPlanChange = Partial<Omit<GroupsPlanForm, 'place'>> & { place?: Partial<PlaceValues> }

export function groupRowKey(group: string, at: { topic: string; partition: number }): string {
  return `${group}\n${keyOf(at)}`
}

/** A plan that moves nothing: it tells where the groups are, and which of them must not be moved. */
export function standingSpecs(groups: readonly string[]): PlanSpec[] {
  return groups.map((group) => ({ group, scope: [], target: { at: 'offsets', offsets: [] } }))
}

/** The groups' topics: those in which they have positions, and those that the file names. */
export function topicsInPlay(standing: GroupsPlan | undefined, { file, groups }: GroupsPlanForm): string[] {
  const stand = standing?.plans.flatMap(({ rows }) => rows.map(({ topic }) => topic)) ?? []
  const named = file?.specs.filter(({ group }) => groups.includes(group)).flatMap(({ scope }) => scope.map(({ topic }) => topic)) ?? [] // oxfmt-ignore
  return [...new Set([...stand, ...named])].toSorted()
}

/** The request for each group, or a sentence that says what is missing. */
export function groupsInputOf(form: GroupsPlanForm, standing: GroupsPlan | undefined): PlanSpec[] | string {
  if (form.groups.length === 0) return 'Choose groups in their list, or open a file that names them.'
  const isMeant = (group: string, at: { topic: string; partition: number }) =>
    (form.topics === undefined || form.topics.includes(at.topic)) && !form.leftOut.has(groupRowKey(group, at))
  if (form.to === 'file') return specsOfFile(form, isMeant)
  const targetOf = placeOf(form)
  if (typeof targetOf === 'string') return targetOf
  if (standing === undefined) return 'The positions of the groups are not known yet.'
  const ifNone = form.to === 'shift' ? {} : chosenIfNone([form.to], form.ifNone, ifNonePolicies.plan)
  const only = form.only === undefined ? {} : { only: form.only }
  const specs = standing.plans
    .filter(({ group }) => form.groups.includes(group))
    .flatMap(({ group, rows }): PlanSpec[] => {
      const meant = rows.filter((row) => row.before !== null && isMeant(group, row))
      const scope = [...Map.groupBy(meant, (row) => row.topic)].map(([topic, own]) => ({ topic, partitions: own.map((row) => row.partition) })) // oxfmt-ignore
      // An empty scope would mean all partitions.
      return scope.length === 0 ? [] : [{ group, scope, target: targetOf(group), ...ifNone, ...only }]
    })
  return specs.length === 0 ? 'None of the groups has a position there.' : specs
}

function placeOf(form: GroupsPlanForm): ((group: string) => Place) | string {
  switch (form.to) {
    case undefined:
      return 'Choose a place for them to go to.'
    case 'shift': {
      const { by } = form
      return by === undefined ? 'Enter by how many offsets to shift.' : (group) => ({ at: 'group', group, shift: by })
    }
    case 'file':
      return 'Open a file.'
    default: {
      const place = placeForms[form.to].of(form.place)
      return typeof place === 'string' ? place : () => place
    }
  }
}

function specsOfFile(
  { file, groups, only }: GroupsPlanForm,
  isMeant: (group: string, at: { topic: string; partition: number }) => boolean,
): PlanSpec[] | string {
  const specs = (file?.specs ?? [])
    .filter(({ group }) => groups.includes(group))
    .flatMap((spec): PlanSpec[] => {
      const scope = spec.scope
        .map(({ topic, partitions = [] }) => ({
          topic,
          partitions: partitions.filter((partition) => isMeant(spec.group, { topic, partition })),
        }))
        .filter(({ partitions }) => partitions.length > 0)
      const target = spec.target.at !== 'restore' ? spec.target : { ...spec.target, positions: spec.target.positions.filter((at) => isMeant(spec.group, at)) } // oxfmt-ignore
      return scope.length === 0 ? [] : [{ ...spec, scope, target, ...(only === undefined ? {} : { only }) }]
    })
  return specs.length === 0 ? 'The file has no line for these groups and topics.' : specs
}

/** The form with a file's groups and offsets, or why the file is refused. */
export function takeGroupsFile(form: GroupsPlanForm, { name, text }: PositionsFile): GroupsPlanForm | string {
  const read = readPositionsCsv(text)
  const problem = csvProblemSentence(read)
  if (problem !== null) return problem
  const [only, ...more] = form.groups
  const specs = specsOfCsv(read.lines, more.length === 0 && only !== undefined && read.lines[0]?.group === null ? only : undefined) // oxfmt-ignore
  if (typeof specs === 'string') return specs
  return {
    ...form,
    to: 'file',
    file: { name, specs },
    groups: specs.map(({ group }) => group),
    topics: undefined,
    leftOut: new Set(),
  }
}
