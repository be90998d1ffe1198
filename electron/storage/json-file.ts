import { rm } from 'node:fs/promises'
import { basename } from 'node:path'
import type { z } from 'zod'
import { SeeklineError } from '#shared/errors.ts'
import { parseShallow } from '#shared/parse-shallow.ts'
import { readTextFile, setAside, writeFileAtomically } from './atomic-files.ts'
import { withLock, type HeldLock } from './lock.ts'

/** Converts data of version n to version n + 1. */
export type Migrations = Readonly<Record<number, (data: unknown) => unknown>>

export interface JsonFileOptions<T> {
  path: string
  /** Identifies the file's contents, so that a file in the wrong place is noticed. */
  kind: string
  version: number
  schema: z.ZodType<T>
  migrations?: Migrations
  /** Keep the content before the last write next to the file, and read that if the file is damaged. */
  backup: boolean
  /** Shared by several files that must change together. */
  lockPath?: string
  /** The error for a user who would store more than can be read again. */
  tooLarge?: { message: string; hint: string }
}

export interface JsonFile<T> {
  /** null if there is none. A damaged file is moved aside, and its backup, if valid, takes its place. */
  read(): Promise<T | null>
  /** Reads, changes and writes while no other process can; `change` may return the same value to write nothing. */
  update(change: (current: T | null) => T | Promise<T>): Promise<T>
  /** Together with its backup; nothing is left to be read. */
  remove(): Promise<void>
}

/** The most that is parsed in one go. More is not written, because it could not be read again. */
const mostBytes = 4 * 1024 * 1024

/** A small JSON file with a version: `{kind, version, data}`. */
export function jsonFile<T>(options: JsonFileOptions<T>): JsonFile<T> {
  const { path, lockPath = `${options.path}.lock` } = options
  return {
    read: async () => {
      const found = await load(options, path)
      if (found.state !== 'damaged') return found.value
      return withLock(lockPath, (lock) => readOrMend(options, lock))
    },
    update: (change) =>
      withLock(lockPath, async (lock) => {
        const current = await readOrMend(options, lock)
        const next = await change(current)
        if (next !== current) await writeJson(options, lock, next)
        return next
      }),
    remove: () => withLock(lockPath, (lock) => removeJson(path, lock)),
  }
}

/** For callers that already hold the lock. */
export async function readOrMend<T>(options: JsonFileOptions<T>, lock: HeldLock): Promise<T | null> {
  const { path } = options
  const found = await load(options, path)
  if (found.state !== 'damaged') return found.value
  await lock.assertHeld()
  await setAside(path)
  const backup = options.backup ? await load(options, `${path}.bak`) : null
  if (backup === null || backup.state !== 'sound') return null
  await writeFileAtomically(path, encode(options, backup.value))
  return backup.value
}

/** For callers that already hold the lock. */
export async function writeJson<T>(options: JsonFileOptions<T>, lock: HeldLock, value: T): Promise<void> {
  await lock.assertHeld()
  await writeFileAtomically(options.path, encode(options, value), { backup: options.backup })
}

/** For callers that already hold the lock: the file with its backup. */
export async function removeJson(path: string, lock: HeldLock): Promise<void> {
  await lock.assertHeld()
  await rm(path, { force: true })
  await rm(`${path}.bak`, { force: true })
}

async function load<T>(options: JsonFileOptions<T>, path: string): Promise<Decoded<T>> {
  try {
    return decode(options, await readTextFile(path, mostBytes))
  } catch (error) {
    if (error instanceof SeeklineError && error.code === 'storage.damaged') return { state: 'damaged' }
    throw error
  }
}

function encode<T>(options: JsonFileOptions<T>, value: T): string {
  const text = `${JSON.stringify({ kind: options.kind, version: options.version, data: value }, null, 2)}\n`
  if (Buffer.byteLength(text) > mostBytes) throw tooLarge(options)
  return text
}

function tooLarge<T>({ path, tooLarge: told }: JsonFileOptions<T>): SeeklineError {
  const most = `at most ${mostBytes >> 20} MiB are kept`
  if (told === undefined) return new SeeklineError('call.invalid', `${basename(path)} would be too large: ${most}.`)
  return new SeeklineError('call.invalid', `${told.message}: ${most}.`, { hint: told.hint })
}

type Decoded<T> = { state: 'sound'; value: T } | { state: 'absent'; value: null } | { state: 'damaged' }

function decode<T>(options: JsonFileOptions<T>, text: string | null): Decoded<T> {
  if (text === null) return { state: 'absent', value: null }
  let file: unknown
  try {
    file = parseShallow(text)
  } catch {
    return { state: 'damaged' }
  }
  if (typeof file !== 'object' || file === null || !('version' in file) || !('data' in file))
    return { state: 'damaged' }
  if (!('kind' in file) || file.kind !== options.kind) return { state: 'damaged' }
  const { version } = file
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return { state: 'damaged' }
  if (version > options.version) {
    // Not damage: it must neither be moved aside nor overwritten, or going back one release would lose everything.
    throw new SeeklineError(
      'storage.failed',
      `${basename(options.path)} was written by a newer Seekline (format ${version}; this one knows ${options.version}).`,
      { hint: 'Use the newer Seekline, or name another folder in SEEKLINE_HOME.', details: { path: options.path } },
    )
  }
  try {
    let data: unknown = file.data
    for (let from = version; from < options.version; from += 1) data = options.migrations?.[from]?.(data) ?? data
    const parsed = options.schema.safeParse(data)
    return parsed.success ? { state: 'sound', value: parsed.data } : { state: 'damaged' }
  } catch {
    return { state: 'damaged' }
  }
}
