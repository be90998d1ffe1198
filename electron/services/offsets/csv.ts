import { splitKey } from '#shared/model/topic-partition.ts'
import type { Failure } from '#shared/contract/common.ts'
import type { Plan, PlanSpec } from '#shared/contract/offsets.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import {
  csvProblemSentence,
  positionsCsv,
  readPositionsCsv,
  specsOfCsv,
  type CsvPosition,
} from '#shared/offsets/positions-csv.ts'
import { mapLimited } from '../../kafka/map-limited.ts'
import type { GroupPort } from '../groups/group-port.ts'
import { unique } from './plan.ts'

/**
 * The plans a file asks for, one per group. Throws for a line that cannot be read, because half of a file is not what its
 * author meant.
 */
export function specsOf(text: string, group: string | undefined): PlanSpec[] {
  const read = readPositionsCsv(text)
  const problem = csvProblemSentence(read)
  if (problem !== null) {
    throw new SeeklineError('call.invalid', problem, {
      hint: 'Nothing of a file is planned that cannot be read whole.',
    })
  }
  const specs = specsOfCsv(read.lines, group)
  if (typeof specs === 'string') throw new SeeklineError('call.invalid', specs)
  return specs
}

interface Csv {
  text: string
  lines: number
  leftOut: number
  failures: Failure[]
}

/** The positions of groups, as a file. */
export async function csvOfGroups(port: GroupPort, groups: readonly string[], signal: AbortSignal): Promise<Csv> {
  const failures: Failure[] = []
  const isOne = groups.length === 1
  const found = await mapLimited(groups, 4, async (group): Promise<CsvPosition[]> => {
    try {
      const positions = await port.positions(group, 'all', signal)
      return unique([...positions.keys()].map(splitKey)).map(({ topic, partition }) => {
        const one = positions.get(`${partition}/${topic}`)
        if (one !== undefined && 'error' in one) failures.push({ what: `${group}, ${topic}, partition ${partition}`, error: one.error }) // oxfmt-ignore
        const offset = one !== undefined && 'value' in one ? one.value?.offset : undefined
        return { ...(isOne ? {} : { group }), topic, partition, offset }
      })
    } catch (error) {
      if (signal.aborted) throw error
      failures.push({ what: group, error: toErrorValue(error) })
      return []
    }
  })
  return { ...positionsCsv(found.flat()), failures }
}

/** The positions that plans saw, or would set, as a file. */
export function csvOfPlans(plans: readonly Plan[], side: 'before' | 'after'): Csv {
  const isOne = plans.length === 1
  const positions = plans.flatMap(({ group, rows }) =>
    rows.map((row) => ({
      ...(isOne ? {} : { group }),
      topic: row.topic,
      partition: row.partition,
      offset: row[side]?.offset,
    })),
  )
  return { ...positionsCsv(positions), failures: [] }
}
