import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { chmod, copyFile, lstat, mkdir, open, readdir, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SeeklineError } from '#shared/errors.ts'

/**
 * Replaces a file so that a reader, or the next start after a power cut, finds the old content or the new, never a part. The
 * temporary file is in the same folder because a rename is atomic only within one file system.
 */
export async function writeFileAtomically(
  path: string,
  text: string,
  options: { backup?: boolean } = {},
): Promise<void> {
  let temporary = ''
  try {
    // If the path is a link that the user made to keep the file elsewhere, the link's target is replaced: renaming over the
    // link would remove it.
    const target = await behindLink(path)
    const folder = dirname(target)
    temporary = join(folder, `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`)
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text, 'utf8')
      await file.sync()
    } finally {
      await file.close()
    }
    if (options.backup === true) await keepBackup(path)
    await renameOver(temporary, target)
    await syncFolder(folder)
  } catch (error) {
    if (temporary !== '') await rm(temporary, { force: true }).catch(() => undefined)
    throw storageFailed(`${path} could not be written`, error)
  }
}

/** None of our files is nearly as large; reading whatever else is there could use up all memory. */
export const mostFileBytes = 64 * 1024 * 1024

/** The file's text, or null if there is none. Throws `storage.damaged` for what cannot be one of our files. */
export async function readTextFile(path: string, mostBytes: number = mostFileBytes): Promise<string | null> {
  try {
    return (await readOrdinaryFile(path, mostBytes)).toString('utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw storageFailed(`${path} could not be read`, error)
  }
}

/**
 * Opening a pipe that nobody writes to would block a thread for ever, and reading a device could use up all memory: neither is
 * read.
 */
export async function readOrdinaryFile(path: string, mostBytes: number): Promise<Buffer> {
  const file = await openOrdinaryFile(path, constants.O_RDONLY)
  try {
    const { size } = await file.stat()
    if (size > mostBytes) throw notOurs(path, `has ${size} bytes, far more than it should`)
    // The size may change: a file may grow while it is read, and those in /proc report 0.
    const parts: Buffer[] = []
    let length = 0
    for (;;) {
      const part = Buffer.allocUnsafe(Math.max(size + 1 - length, 4_096))
      const { bytesRead } = await file.read(part, 0, part.length, null)
      if (bytesRead === 0) return Buffer.concat(parts, length)
      length += bytesRead
      if (length > mostBytes) throw notOurs(path, `has more than ${mostBytes} bytes, far more than it should`)
      parts.push(part.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}

/** Opening must not block either, as a pipe's does until its other end is opened. */
export async function openOrdinaryFile(path: string, flags: number): Promise<FileHandle> {
  const file = await open(path, flags | (constants.O_NONBLOCK ?? 0), 0o600)
  try {
    if (!(await file.stat()).isFile()) throw notOurs(path, 'is no ordinary file')
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

function notOurs(path: string, why: string): SeeklineError {
  return new SeeklineError('storage.damaged', `${path} ${why}.`, {
    hint: 'Look at it, and move it away.',
  })
}

/**
 * Makes a folder that only its owner can enter. Permissions of an existing folder are restricted only if it is empty:
 * `SEEKLINE_HOME` may name a folder that others need, and our own files have restricted permissions anyway.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    const made = await mkdir(path, { recursive: true, mode: 0o700 })
    const loose = ((await lstat(path)).mode & 0o077) !== 0
    if (loose && (made !== undefined || (await readdir(path)).length === 0)) await chmod(path, 0o700)
  } catch (error) {
    throw storageFailed(`The folder ${path} could not be made`, error)
  }
}

/** Moves an unreadable file aside, so that it can be inspected and its name can be used again. */
export async function setAside(path: string, now: Date = new Date()): Promise<string> {
  const aside = await freeName(`${path}.damaged`, now)
  await renameOver(path, aside)
  await syncFolder(dirname(path))
  return aside
}

/**
 * The files that were moved aside in a folder, as sentences. They stay until somebody removes them: each process then reports
 * them.
 */
export async function damagedFiles(folder: string, startsWith = ''): Promise<string[]> {
  const names = await listFolder(folder)
  return names
    .filter((name) => name.startsWith(startsWith) && name.includes('.damaged-'))
    .map((name) => {
      const original = name.slice(0, name.indexOf('.damaged-'))
      return `${original} could not be read and was set aside as ${join(folder, name)}; look at it, then delete it.`
    })
}

/** Names in a folder, sorted; empty if there is no such folder. */
export async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw storageFailed(`The folder ${folder} could not be read`, error)
  }
}

/** Makes a rename or a new name in a folder survive a power cut. Windows cannot open folders, and does not need this. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } catch (error) {
    // Some network file systems refuse; the content itself is on disk by then.
    if (errorCode(error) !== 'EINVAL' && errorCode(error) !== 'ENOTSUP') throw error
  } finally {
    await handle.close()
  }
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

export function storageFailed(what: string, cause: unknown): SeeklineError {
  if (cause instanceof SeeklineError) return cause
  const code = errorCode(cause)
  const hint =
    code === undefined ? undefined : (hints[code] ?? 'Check the folder, or name another one in SEEKLINE_HOME.')
  return new SeeklineError('storage.failed', `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  })
}

const hints: Record<string, string> = {
  ENOSPC: 'The disk is full: make room and try again.',
  EFBIG: 'Files here may not become so large: raise the limit (ulimit -f), or make room in the folder.',
  EDQUOT: 'Your quota on this disk is used up: make room and try again.',
  EACCES: 'You lack the right to write there: mend it, or name another folder in SEEKLINE_HOME.',
  EPERM: 'You lack the right to write there: mend it, or name another folder in SEEKLINE_HOME.',
  // A socket, or a pipe that nobody reads.
  ENXIO: 'That is no ordinary file: look at it, and move it away.',
  EROFS: 'That disk is read-only: name another folder in SEEKLINE_HOME.',
}

/** With the time, and a number if that name is taken: after a clock was set back, one file must not replace another. */
export async function freeName(stem: string, now: Date): Promise<string> {
  const stamped = `${stem}-${now.toISOString().replace(/[:.]/g, '-')}`
  let name = stamped
  for (let n = 2; await exists(name); n += 1) name = `${stamped}-${n}`
  return name
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

async function behindLink(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    // Nothing there yet, or a link to nothing: that is replaced.
    if (errorCode(error) === 'ENOENT') return path
    throw error
  }
}

async function keepBackup(path: string): Promise<void> {
  const temporary = `${path}.bak.${randomBytes(6).toString('hex')}.tmp`
  try {
    await copyFile(path, temporary, constants.COPYFILE_EXCL)
    await renameOver(temporary, `${path}.bak`)
  } catch (error) {
    await rm(temporary, { force: true })
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

/** On Windows a virus scanner or another reader may hold the target for a moment. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(from, to)
      return
    } catch (error) {
      const passing = ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '')
      if (process.platform !== 'win32' || !passing || attempt === 8) throw error
      await sleep(15 * attempt)
    }
  }
}
