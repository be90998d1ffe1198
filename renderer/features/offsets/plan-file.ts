import { partitionKey } from '#shared/model/topic-partition.ts'
import { csvProblemSentence, readPositionsCsv, specsOfCsv } from '#shared/offsets/positions-csv.ts'
import type { PlanChange, PlanForm } from './plan-form.ts'
import { covers, type TopicScope } from './plan-scope.ts'

export interface PositionsFile {
  readonly name: string
  readonly text: string
}

/** What the user is told about the chosen file. */
export interface FileNote {
  readonly name: string
  readonly message: string
  readonly isRefused: boolean
}

export interface TakenFile {
  readonly change: PlanChange | undefined
  readonly note: FileNote | undefined
}

/**
 * Writes the file's offsets into the table as if they were typed there, so that they can be reviewed and changed. A scope that
 * the user chose stays; if there is none, it becomes the partitions of the file.
 */
export function takeFile(form: PlanForm, { name, text }: PositionsFile): TakenFile {
  const refuse = (message: string): TakenFile => ({ change: undefined, note: { name, message, isRefused: true } })
  const read = readPositionsCsv(text)
  const problem = csvProblemSentence(read)
  if (problem !== null) return refuse(problem)
  const named = new Set(read.lines.map((line) => line.group))
  if (form.group === '' && named.size > 1) {
    return refuse(
      `It has lines of ${named.size} groups: name the one that is to move, or open it in a plan for several.`,
    )
  }
  const [only] = named
  const group = form.group === '' ? (only ?? '') : form.group
  if (group === '') return refuse('It names no group: name the group that is to move, and open the file again.')
  const specs = specsOfCsv(read.lines, group)
  if (typeof specs === 'string') return refuse(specs)
  const mine = read.lines.filter((line) => line.group === null || line.group === group)
  const inScope = mine.filter((line) => covers(form.scope, line))
  if (inScope.length === 0) return refuse('It has no line for the topics and partitions of this plan.')
  const offsets = Object.fromEntries(inScope.map((at) => [partitionKey(at.topic, at.partition), String(at.offset)]))
  // A file that names its partitions also sets the scope, if the user set none.
  const scope = form.scope ?? specs.flatMap((spec) => spec.scope.map(scopeOf))
  const left = [
    leftWords(read.lines.length - mine.length, 'of other groups'),
    leftWords(mine.length - inScope.length, 'for partitions that this plan does not touch'),
  ].filter((words) => words !== '')
  const note = left.length === 0 ? undefined : { name, message: `Left out: ${left.join(', ')}.`, isRefused: false }
  return { change: { group, to: 'offsets', offsets, scope }, note }
}

const scopeOf = ({ topic, partitions }: { topic: string; partitions?: number[] | undefined }): TopicScope => ({
  topic,
  partitions: partitions ?? 'all',
})

const leftWords = (n: number, what: string): string => (n === 0 ? '' : `${n} ${n === 1 ? 'line' : 'lines'} ${what}`)
