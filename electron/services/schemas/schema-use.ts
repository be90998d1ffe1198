import type { Failure } from '#shared/contract/common.ts'
import type { SchemaUse } from '#shared/contract/schema-plans.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import { topicsOfSubject } from '#shared/model/subject-names.ts'
import { schemaKey, schemaText, type SchemaId } from '#shared/model/schema-id.ts'
import type { TopicsPort } from './topics-port.ts'

/** How many topics are sampled: first those whose names belong to the subject, then others by name. */
const MOST_TOPICS = 60
const AT_ONCE = 4
/** A plan waits for it. */
const MOST_MS = 15_000

const cut = new SeeklineError('call.timeout', 'Not all of its last records were read in the time of one look.', { retryable: true }) // oxfmt-ignore

/** Which topics' last records name a schema in one of these ways. It can prove use, but not that a schema is unused. */
export async function sampleUse(
  port: TopicsPort,
  subject: string,
  carried: readonly SchemaId[],
  signal: AbortSignal,
): Promise<SchemaUse> {
  const names = await port.names(signal)
  const all = new Set(names)
  const own = new Set(topicsOfSubject(subject, (name) => all.has(name)).map(({ topic }) => topic))
  const candidates = [...own, ...names.filter((name) => !own.has(name))].slice(0, MOST_TOPICS)
  const wanted = new Set(carried.map(schemaKey))
  const topics: SchemaUse['topics'] = []
  const failures: Failure[] = []
  const limit = AbortSignal.timeout(MOST_MS)
  const both = AbortSignal.any([signal, limit])
  let looked = 0
  const queue = candidates.values()
  const lane = async (): Promise<void> => {
    for (const topic of queue) {
      if (limit.aborted) return
      try {
        const found = await port.sample(topic, both)
        if (found.isWhole) looked += 1
        else failures.push({ what: topic, error: toErrorValue(cut) })
        for (const part of ['key', 'value'] as const) {
          const hits = [...found[part]].filter(([key]) => wanted.has(key)).map(([, hit]) => hit)
          if (hits.length === 0) continue
          const records = hits.reduce((sum, one) => sum + one.records, 0)
          topics.push({ topic, part, records, looked: found.looked, ids: hits.map(({ id }) => idText(id)).sort() })
        }
      } catch (error) {
        if (signal.aborted) throw error
        if (!limit.aborted) failures.push({ what: topic, error: toErrorValue(error) })
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  topics.sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.part < b.part ? -1 : 1))
  const facts = { topics, looked, of: names.length, failures }
  return { ...facts, sentence: sentenceOf(facts) }
}

/** "id 41", "global id 7". */
const idText = (id: SchemaId): string => (id.by === 'id' ? `id ${id.id}` : schemaText(id).replace(/^schema (of )?/, ''))

function sentenceOf({ topics, looked, of, failures }: Omit<SchemaUse, 'sentence'>): string {
  const sampled = `Sampled: the last records of ${looked} of ${of} ${of === 1 ? 'topic' : 'topics'}`
  const failed = failures.length === 0 ? '' : `; ${failures.length} could not be read`
  if (topics.length === 0)
    return `${sampled}${failed}. None of them carries it, which does not say that no record does.`
  const named = [...new Set(topics.map(({ topic }) => topic))]
  const shown = named.slice(0, 5).join(', ')
  const more = named.length > 5 ? ` and ${named.length - 5} more` : ''
  return `${sampled}${failed}. It is carried by records of ${shown}${more}.`
}
