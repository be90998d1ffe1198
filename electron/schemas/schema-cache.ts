import { SeeklineError } from '#shared/errors.ts'
import { schemaKey, schemaText, type SchemaId } from '#shared/model/schema-id.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import { SharedWork } from './shared-work.ts'

/** A schema with everything it refers to, and where it is registered, if the registry tells. */
export interface RegisteredText {
  schema: SchemaText
  subject: string | null
  version: number | null
}

/**
 * The result of asking for a schema; a failure is a sentence fragment with few variants. Failures, and what "the latest" is, are
 * valid for some time: until then the registry is not asked again.
 */
export type Resolved = (RegisteredText & { holdsMs?: number }) | { reason: string; holdsMs: number }

export interface SchemaCache {
  resolve(id: SchemaId, signal?: AbortSignal): Promise<Resolved>
}

/** How long a failure is valid, and what "the latest" is. Callers in between get the same answer, and the registry is left alone. */
export const HOLD_MS = 30_000

/** What is cached: schemas up to a size, failures up to a number. */
const mostBytes = 64 * 1024 * 1024
const mostEntries = 20_000
/** The size of an entry without its texts. */
const entryBytes = 500
/** A registry has other users: a page full of unknown ids causes no more requests at once than this. */
const mostAtOnce = 8

interface Entry {
  answer: RegisteredText | { reason: string }
  bytes: number
  until: number
}

/**
 * Schemas by the ids in records. What an id means never changes, so schemas are kept as long as there is room; each is
 * requested once, however many callers wait. `now`: in milliseconds.
 */
export function createSchemaCache(
  find: (id: SchemaId) => Promise<RegisteredText>,
  now: () => number = () => performance.now(),
): SchemaCache {
  // oxfmt-ignore
  const kept = new Map<string, Entry>()
  const work = new SharedWork<Entry>()
  const waiting: (() => void)[] = []
  let bytes = 0
  let running = 0

  const forget = (key: string): void => {
    bytes -= kept.get(key)?.bytes ?? 0
    kept.delete(key)
  }

  const keep = (key: string, answer: Entry['answer'], until: number): Entry => {
    const entry = { answer, bytes: entryBytes + ('schema' in answer ? 2 * sizeOf(answer.schema) : 0), until }
    forget(key)
    kept.set(key, entry)
    bytes += entry.bytes
    for (const oldest of kept.keys()) {
      if ((bytes <= mostBytes && kept.size <= mostEntries) || oldest === key) break
      forget(oldest)
    }
    return entry
  }

  const ask = async (key: string, id: SchemaId): Promise<Entry> => {
    while (running >= mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve))
    running += 1
    try {
      const found = await find(id)
      return keep(key, found, isFixed(id) ? Number.POSITIVE_INFINITY : now() + HOLD_MS)
    } catch (error) {
      return keep(key, { reason: failureWords(id, error) }, now() + HOLD_MS)
    } finally {
      running -= 1
      waiting.shift()?.()
    }
  }

  return {
    resolve: async (id, signal) => {
      const key = schemaKey(id)
      const known = kept.get(key)
      const isGood = known !== undefined && known.until > now()
      // Recently used entries stay longest.
      if (isGood) kept.delete(key)
      if (isGood) kept.set(key, known)
      const { answer, until } = isGood ? known : await work.run(key, () => ask(key, id), signal)
      const holdsMs = Math.max(0, until - now())
      if (!('schema' in answer)) return { ...answer, holdsMs }
      return until === Number.POSITIVE_INFINITY ? answer : { ...answer, holdsMs }
    },
  }
}

/** "The latest" may change. */
function isFixed(id: SchemaId): boolean {
  return !((id.by === 'subject' || id.by === 'artifact') && id.version === null)
}

function sizeOf({ text, references }: SchemaText): number {
  return references.reduce((sum, one) => sum + one.text.length + one.name.length, text.length)
}

function failureWords(id: SchemaId, error: unknown): string {
  if (!(error instanceof SeeklineError)) return 'asking the registry failed'
  const { code, details } = error
  const status = typeof details?.['status'] === 'number' ? ` (${details['status']})` : ''
  switch (code) {
    case 'registry.unknown':
      return `${schemaText(id)} is not in this registry${status}`
    case 'registry.unreachable':
      if (typeof details?.['seconds'] === 'number') return `the registry did not answer within ${details['seconds']} s`
      return details?.['step'] === 'answer' ? 'the registry does not answer in time' : 'the registry cannot be reached'
    case 'registry.unauthorised':
      return `the registry does not let this profile in${status}`
    case 'registry.unsupported':
      return `${schemaText(id)} is named in a way that this registry cannot look up`
    case 'registry.invalid':
      return `the registry’s address answers what is no registry${status}`
    case 'registry.schema':
      return `${schemaText(id)} cannot be used: ${error.message.replace('The schema cannot be used. ', '')}`
    case 'registry.too-large':
      return `${schemaText(id)} is too large`
    default:
      return `the registry refused ${schemaText(id)}${status}`
  }
}
