import { open, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import {
  errorCode,
  freeName,
  listFolder,
  mostFileBytes,
  readTextFile,
  storageFailed,
  syncFolder,
} from '../atomic-files.ts'
import { withLock, type HeldLock } from '../lock.ts'

export interface Segments {
  /** Returns once the line is on disk; if it throws, nothing of the line is. */
  append(line: string): Promise<void>
  /** File names, newest first. */
  names(): Promise<string[]>
  /** The complete lines of one file, oldest first. */
  lines(name: string): Promise<string[]>
  /** What was cut off the ends of files, as sentences. */
  torn(): Promise<string[]>
}

/**
 * An append-only log in files of bounded size, `<name>-000001.jsonl` and so on; none is ever deleted or rewritten. The one
 * exception: a last line without its line end, left by a crash while writing, is moved to `<file>.torn-<time>`, because the
 * next line would otherwise be appended to it.
 */
export function openSegments(folder: string, name: string, maxBytes: number): Segments {
  const pattern = new RegExp(`^${name}-(\\d{6,})\\.jsonl$`)
  const lockPath = join(folder, `.${name}.lock`)
  const numberOf = (file: string) => Number(pattern.exec(file)?.[1] ?? 0)

  const names = async () => {
    const files = (await listFolder(folder)).filter((file) => pattern.test(file))
    return files.sort((a, b) => numberOf(b) - numberOf(a))
  }

  return {
    names,
    append: (line) =>
      withLock(lockPath, async (lock) => {
        const bytes = Buffer.from(line, 'utf8')
        const newest = (await names())[0] ?? segmentName(name, 1)
        const written = await appendDurably(folder, newest, bytes, maxBytes, lock)
        if (!written) await appendDurably(folder, segmentName(name, numberOf(newest) + 1), bytes, Infinity, lock)
      }),
    lines: async (file) => {
      const path = join(folder, file)
      let text = (await readTextFile(path)) ?? ''
      if (text !== '' && !text.endsWith('\n')) {
        // Another process may be writing this line right now, so only under the lock is it certain that it is incomplete.
        await withLock(lockPath, (lock) => cutTornEnd(folder, file, lock))
        text = (await readTextFile(path)) ?? ''
      }
      return text.split('\n').slice(0, -1)
    },
    torn: async () =>
      (await listFolder(folder))
        .filter((file) => file.includes('.jsonl.torn-'))
        .map(
          (file) =>
            `A line that was cut off while being written is kept in ${join(folder, file)}; look at it, then delete it.`,
        ),
  }
}

export function segmentName(name: string, number: number): string {
  return `${name}-${String(number).padStart(6, '0')}.jsonl`
}

/** False: the file would become larger than `maxBytes`. The folder exists, because the lock is in it. */
async function appendDurably(
  folder: string,
  file: string,
  bytes: Buffer,
  maxBytes: number,
  lock: HeldLock,
): Promise<boolean> {
  const path = join(folder, file)
  try {
    // Not one of our files: the next one is started, and reading reports what is there.
    const found = await stat(path).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null
      throw error
    })
    if (found !== null && (!found.isFile() || found.size > mostFileBytes)) return false
    // On a busy machine the file operations are most of what a change of positions waits for: all use one handle.
    const handle = await open(path, 'a+', 0o600)
    try {
      let size = found?.size ?? 0
      if (size > 0 && (await lastByte(handle, size)) !== NEWLINE) size = await cutTornEnd(folder, file, lock)
      if (size > 0 && size + bytes.length > maxBytes) return false
      await lock.assertHeld()
      try {
        await writeAll(handle, bytes)
        await handle.sync()
      } catch (error) {
        // A full disk writes a part of a line; a line that was reported as failed must not be found later.
        await handle.truncate(size).catch(() => undefined)
        throw error
      }
      if (size === 0) await syncFolder(folder)
      return true
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw storageFailed(`The journal ${path} could not be written`, error)
  }
}

const NEWLINE = 0x0a

async function lastByte(handle: FileHandle, size: number): Promise<number | undefined> {
  const last = Buffer.alloc(1)
  await handle.read(last, 0, 1, size - 1)
  return last[0]
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await handle.write(bytes, done)).bytesWritten
  }
}

/** Returns the file's size once it ends with a complete line. */
async function cutTornEnd(folder: string, file: string, lock: HeldLock): Promise<number> {
  const path = join(folder, file)
  try {
    const found = await stat(path)
    const { size } = found
    if (size === 0) return 0
    // Not one of our files: the next one is started, and reading reports what is there.
    if (!found.isFile() || size > mostFileBytes) return Number.MAX_SAFE_INTEGER
    const handle = await open(path, 'r+')
    try {
      if ((await lastByte(handle, size)) === NEWLINE) return size
      const content = await handle.readFile()
      const end = content.lastIndexOf(NEWLINE) + 1
      await lock.assertHeld()
      await keepTorn(await freeName(`${path}.torn`, new Date()), content.subarray(end))
      await handle.truncate(end)
      await handle.sync()
      await syncFolder(folder)
      return end
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0
    throw storageFailed(`The journal ${path} could not be mended`, error)
  }
}

async function keepTorn(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
