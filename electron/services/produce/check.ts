import type { InputProblem, PartCheck, RecordCheck } from '#shared/contract/produce.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { RecordInput } from '#shared/model/produce.ts'
import { schemaRef, type ComposeFrom, type ComposeProblem, type PartName } from '../../kafka/produce/compose-task.ts'
import { isCancelled } from '../../kafka/cancellation.ts'
import type { ProduceAccess } from './produce-access.ts'
import { composer } from './plan.ts'
import type { RecentSchemas } from './recent-schemas.ts'
import { findSchema, type FoundSchemaFor } from './find-schemas.ts'

export interface CheckInput {
  topic: string
  record: RecordInput
  generated: boolean
}

/** What is wrong with a record as it is typed, part by part: a problem with one part does not affect the others. */
export async function checkRecord(
  access: ProduceAccess,
  { topic: name, record, generated }: CheckInput,
  recent: RecentSchemas<FoundSchemaFor>,
  signal: AbortSignal,
): Promise<RecordCheck> {
  // Cached by the connection, so that typing sends no request.
  const topic = await access.cluster.requireTopic(name, signal)
  const errors: Record<PartName, ErrorValue | null> = { key: null, value: null }
  const schemas: Record<PartName, FoundSchemaFor | null> = { key: null, value: null }
  const find = async (part: PartName): Promise<void> => {
    const input = record[part]
    if (input?.as !== 'schema') return
    try {
      const key = JSON.stringify([access.connectionId, name, schemaRef(part, input)])
      schemas[part] = await recent.get(key, (until) => findSchema(access, name, part, input, until), signal)
    } catch (error) {
      if (isCancelled(error)) throw error
      errors[part] = toErrorValue(error)
    }
  }
  await Promise.all([find('key'), find('value')])
  // A part that cannot be checked is left out.
  const made = {
    ...record,
    key: errors.key === null ? record.key : null,
    value: errors.value === null ? record.value : null,
  }
  const from: ComposeFrom = generated
    ? { kind: 'generated', first: 1, record: made, count: 1 }
    : { kind: 'records', first: 1, records: [made] }
  const found = Object.values(schemas).filter((one) => one !== null)
  const compose = await composer(access, { topic, found, seed: 0, maxBatchBytes: null }, signal)
  const composed = await compose(from, 1)
  const { problems, parts, largest, places, addedHeaders } = composed
  const part = (of: PartName): PartCheck => ({
    size: errors[of] === null ? parts[of].size : null,
    problems: problems.filter((one) => one.part === of).map(problemOf),
    error: errors[of],
    writtenBy: schemas[of]?.written ?? null,
    rendered: parts[of].rendered,
  })
  const isWhole = composed.bad === 0 && errors.key === null && errors.value === null
  return {
    key: part('key'),
    value: part('value'),
    headers: record.headers.map((_, index) => ({
      name: headerProblems(problems, index, 'name'),
      value: headerProblems(problems, index, 'value'),
    })),
    partitionProblem: problems.find((one) => one.part === 'partition')?.message ?? null,
    addedHeaders,
    bytes: isWhole ? (largest?.bytes ?? null) : null,
    // Without a key the partition is random.
    partition: !isWhole || (record.partition === null && record.key === null) ? null : (places[0]?.[0] ?? null),
  }
}

const problemOf = ({ path, at, message }: ComposeProblem): InputProblem => ({ path, at, message })

function headerProblems(problems: readonly ComposeProblem[], index: number, of: 'name' | 'value'): InputProblem[] {
  return problems.filter(({ header }) => header?.index === index && header.of === of).map(problemOf)
}
