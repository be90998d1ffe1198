import { randomBytes } from 'node:crypto'
import { access, link, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, extname, isAbsolute, join } from 'node:path'
import { SeeklineError } from '#shared/errors.ts'

/** A file that exists completely or not at all: until the end it is written under another name next to it. */
export class ExportFile {
  readonly #folder: string
  readonly #name: string
  /** A name alone is made unique; a path was chosen by the user. */
  readonly #isChosen: boolean
  readonly #part: string
  readonly #file: FileHandle
  bytes = 0

  private constructor(folder: string, name: string, isChosen: boolean, part: string, file: FileHandle) {
    this.#folder = folder
    this.#name = name
    this.#isChosen = isChosen
    this.#part = part
    this.#file = file
  }

  /** `path`: absolute, of a file that does not exist yet, or a name alone, for the downloads folder. */
  static async create(path: string): Promise<ExportFile> {
    const isChosen = isAbsolute(path)
    if (!isChosen && (basename(path) !== path || path === '..' || path === '.')) {
      throw new SeeklineError('call.invalid', `${path} is neither a file's name nor a whole path.`, {
        hint: 'A name alone goes into your downloads; a path begins with / or a drive.',
      })
    }
    const folder = isChosen ? dirname(path) : join(homedir(), 'Downloads')
    if (isChosen && (await isThere(path))) throw taken(path)
    const part = join(folder, `.${basename(path)}.${randomBytes(4).toString('hex')}.part`)
    try {
      if (!isChosen) await mkdir(folder, { recursive: true })
      return new ExportFile(folder, basename(path), isChosen, part, await open(part, 'wx', 0o600))
    } catch (error) {
      throw notWritten(folder, error)
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) {
        const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at)
        at += bytesWritten
      }
    } catch (error) {
      throw notWritten(this.#folder, error)
    }
    this.bytes += bytes.length
  }

  /** Its final path. */
  async finish(): Promise<string> {
    try {
      await this.#file.sync()
      await this.#file.close()
    } catch (error) {
      throw notWritten(this.#folder, error)
    }
    for (let number = 1; ; number += 1) {
      const path = join(this.#folder, number === 1 ? this.#name : numbered(this.#name, number))
      if (await moved(this.#part, path)) return path
      if (this.#isChosen) throw taken(path)
    }
  }

  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined)
    await rm(this.#part, { force: true })
  }
}

/** False: the name is taken. Unlike renaming, linking does not replace an existing file; not all file systems have links. */
async function moved(part: string, path: string): Promise<boolean> {
  try {
    await link(part, path)
    await rm(part)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || (await isThere(path))) return false
    await rename(part, path)
    return true
  }
}

const numbered = (name: string, number: number): string => {
  const extension = extname(name)
  return `${name.slice(0, name.length - extension.length)} (${number})${extension}`
}

const isThere = (path: string): Promise<boolean> => access(path).then(() => true, () => false) // oxfmt-ignore

/** What the user can do about it, for known error codes. */
const hints: Record<string, string> = {
  ENOSPC: 'The disk is full: make room, or choose another folder.',
  EDQUOT: 'Your quota on this disk is used up: make room, or choose another folder.',
  EFBIG: 'Files there may not become so large: choose another folder, or raise the limit (ulimit -f).',
  EACCES: 'You lack the right to write there: choose another folder.',
  EPERM: 'You lack the right to write there: choose another folder.',
  EROFS: 'That disk is read-only: choose another folder.',
  ENOENT: 'There is no such folder: make it, or choose another.',
}

function notWritten(folder: string, error: unknown): SeeklineError {
  const why = error instanceof Error ? error.message : String(error)
  const hint = hints[(error as NodeJS.ErrnoException).code ?? ''] ?? 'Choose another folder.'
  return new SeeklineError('storage.failed', `The file could not be written in ${folder}: ${why}`, { hint, cause: error }) // oxfmt-ignore
}

function taken(path: string): SeeklineError {
  return new SeeklineError('call.invalid', `${path} is there already.`, {
    hint: 'Choose another name: nothing is overwritten.',
  })
}
