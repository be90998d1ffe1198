import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { SeeklineError } from '#shared/errors.ts'
import { decodeLine, encodeLine } from './journal-codec.ts'
import { openSegments } from './journal-segments.ts'

/** One change: the intent, and the result. Without `result` the app ended, or failed to write, between the two. */
export interface StoredEntry<I, R> {
  id: string
  /** When the intent was written, ms since 1970. */
  at: bigint
  intent: I
  result: R | null
}

export interface Journal<I, R> {
  /** The intent is on disk (fsync) when this returns the id; only then may the change be made. */
  intent(data: I): Promise<string>
  result(id: string, data: R): Promise<void>
  get(id: string): Promise<StoredEntry<I, R> | null>
  resultOf(id: string): Promise<R | null>
  /** Newest first; `before` is the id of the last entry already read. `damaged` says in sentences what could not be read. */
  list(query: JournalQuery<I, R>): Promise<{ items: StoredEntry<I, R>[]; more: boolean; damaged: string[] }>
}

export interface JournalQuery<I, R> {
  limit: number
  before?: string | undefined
  where?: (entry: StoredEntry<I, R>) => boolean
}

export interface JournalOptions<I, R> {
  folder: string
  /** The name of its files: `<name>-000001.jsonl` and so on. */
  name: string
  /** Done once before anything is read or written; returns in sentences what it could not do. */
  prepare?: () => Promise<string[]>
  intent: z.ZodType<I>
  result: z.ZodType<R>
  maxFileBytes?: number
  now?: () => number
}

/** Version 1 was a series of files for each kind of change: `older-journals.ts` converts those. */
const VERSION = 2

const Line = z.discriminatedUnion('phase', [
  z.strictObject({
    version: z.literal(VERSION),
    phase: z.literal('intent'),
    id: z.string(),
    at: z.bigint(),
    data: z.unknown(),
  }),
  z.strictObject({
    version: z.literal(VERSION),
    phase: z.literal('result'),
    id: z.string(),
    at: z.bigint(),
    data: z.unknown(),
  }),
])
type Line = z.infer<typeof Line>

/**
 * The local, append-only, write-ahead record of changes. Intent and result are two lines, because the first must be on disk
 * before the change, and the second can only follow it; a line is never altered once written.
 */
// oxlint-disable-next-line max-lines-per-function -- appending to and reading from one series of files, under one lock; the format of a line has files of its own
export function openJournal<I, R>(options: JournalOptions<I, R>): Journal<I, R> {
  const { folder, name, maxFileBytes = 1_048_576, now = Date.now } = options
  const segments = openSegments(folder, name, maxFileBytes)
  let preparing: Promise<string[]> | undefined
  const prepared = (): Promise<string[]> => {
    preparing ??= (options.prepare?.() ?? Promise.resolve([])).catch((error: unknown) => {
      // A full disk may have room later.
      preparing = undefined
      throw error
    })
    return preparing
  }

  const append = async (phase: Line['phase'], id: string, data: unknown) => {
    await prepared()
    await segments.append(encodeLine({ version: VERSION, phase, id, at: BigInt(now()), data }))
  }

  /**
   * Entries from the newest to the oldest, until `visit` says that it has enough. A result comes after its intent, so going
   * backwards the result is known before its intent.
   */
  async function walk(visit: (entry: StoredEntry<I, R>) => boolean, damaged: string[]): Promise<void> {
    damaged.push(...(await prepared()))
    const results = new Map<string, R>()
    for (const file of await segments.names()) {
      const lines = await linesOf(file, damaged)
      for (let n = lines.length - 1; n >= 0; n -= 1) {
        const where = `Line ${n + 1} of ${file}`
        const line = parse(lines[n] ?? '', where, damaged)
        if (line === null) continue
        const data = (line.phase === 'intent' ? options.intent : options.result).safeParse(line.data)
        if (!data.success) {
          damaged.push(`${where} holds something other than this version writes; it was left as it is.`)
          continue
        }
        if (line.phase === 'result') {
          if (!results.has(line.id)) results.set(line.id, data.data as R)
          continue
        }
        const result = results.get(line.id) ?? null
        results.delete(line.id)
        if (visit({ id: line.id, at: line.at, intent: data.data as I, result })) return
      }
    }
  }

  /** One file that is not ours, or is far too large, must not hide the others. */
  async function linesOf(file: string, damaged: string[]): Promise<string[]> {
    try {
      return await segments.lines(file)
    } catch (error) {
      if (!(error instanceof SeeklineError) || error.code !== 'storage.damaged') throw error
      damaged.push(error.message)
      return []
    }
  }

  async function get(id: string): Promise<StoredEntry<I, R> | null> {
    let found: StoredEntry<I, R> | null = null
    await walk((entry) => {
      if (entry.id === id) found = entry
      return found !== null
    }, [])
    return found
  }

  return {
    intent: async (data) => {
      const id = newId(now())
      await append('intent', id, options.intent.parse(data))
      return id
    },
    result: (id, data) => append('result', id, options.result.parse(data)),
    get,
    resultOf: async (id) => (await get(id))?.result ?? null,
    list: async ({ limit, before, where }) => {
      const damaged: string[] = []
      const items: StoredEntry<I, R>[] = []
      let started = before === undefined
      await walk((entry) => {
        if (!started) started = entry.id === before
        else if (where?.(entry) !== false) items.push(entry)
        return items.length > limit
      }, damaged)
      // Asked last, because reading is what finds incomplete lines.
      damaged.push(...(await segments.torn()))
      return { items: items.slice(0, limit), more: items.length > limit, damaged }
    },
  }
}

function parse(text: string, where: string, damaged: string[]): Line | null {
  try {
    const value = decodeLine(text)
    const line = Line.safeParse(value)
    if (line.success) return line.data
    const newer = z.looseObject({ version: z.number().min(VERSION + 1) }).safeParse(value).success
    damaged.push(
      newer
        ? `${where} was written by a newer Seekline; use that to see it.`
        : `${where} is not a journal entry; it was left as it is.`,
    )
  } catch {
    damaged.push(`${where} cannot be read; it was left as it is.`)
  }
  return null
}

/** Sorts by time for people who look into the files; the random part distinguishes processes. */
function newId(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '')}-${randomBytes(5).toString('hex')}`
}
