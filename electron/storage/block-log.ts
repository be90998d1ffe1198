import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { giveBack } from '#shared/bytes.ts'
import { SeeklineError } from '#shared/errors.ts'
import { openOrdinaryFile, storageFailed } from './atomic-files.ts'

/** Where the content of a block is. */
export interface BlockPlace {
  readonly at: number
  readonly length: number
}

/** Magic number, length, checksum; the length again after the content, so that the last block can be found from the end. */
const HEAD = 12
const FOOT = 4
const MARK = 0x534b4c31
/** Larger blocks are not ours. */
const MOST = 64 << 20
const CHUNK = 1 << 20

/**
 * A file that only grows, in blocks of which each is complete or absent: after a crash or a power cut the next writer truncates
 * an incomplete block, and the ones before it are kept. One process writes at a time; others may read meanwhile.
 */
export class BlockLog {
  readonly path: string
  readonly #file: FileHandle
  /** Up to here blocks are complete. */
  #end = 0
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(path: string, file: FileHandle) {
    this.path = path
    this.#file = file
  }

  static async create(path: string): Promise<BlockLog> {
    try {
      return new BlockLog(path, await open(path, 'wx+', 0o600))
    } catch (error) {
      throw storageFailed(`${path} could not be written`, error)
    }
  }

  static async open(path: string): Promise<BlockLog> {
    try {
      return new BlockLog(path, await openOrdinaryFile(path, constants.O_RDWR))
    } catch (error) {
      throw storageFailed(`${path} could not be read`, error)
    }
  }

  get bytes(): number {
    return this.#end
  }

  /**
   * Passes on complete blocks that were not passed on yet, whoever wrote them, until `take` wants no more. Each is passed on
   * once, even with concurrent calls, and blocks appended meanwhile wait.
   */
  news(take: (content: Uint8Array, place: BlockPlace) => boolean): Promise<void> {
    const told = this.#turn.then(() => this.#news(take))
    this.#turn = told.catch(() => undefined)
    return told
  }

  async #news(take: (content: Uint8Array, place: BlockPlace) => boolean): Promise<void> {
    const { size } = await this.#file.stat()
    let buffer: Buffer = Buffer.alloc(0)
    /** Where the buffer is in the file. */
    let start = this.#end
    const has = async (length: number): Promise<boolean> => {
      const left = size - start
      if (buffer.length >= length || left < length) return buffer.length >= length
      const more = Buffer.allocUnsafe(Math.min(left, Math.max(CHUNK, length)) - buffer.length)
      const { bytesRead } = await this.#file.read(more, 0, more.length, start + buffer.length)
      buffer = Buffer.concat([buffer, more.subarray(0, bytesRead)])
      return buffer.length >= length
    }
    while (await has(HEAD)) {
      const length = lengthIn(buffer)
      if (length === null || !(await has(HEAD + length + FOOT))) return
      const content = contentIn(buffer, length)
      if (content === null) return
      const place = { at: start + HEAD, length }
      const whole = HEAD + length + FOOT
      buffer = buffer.subarray(whole)
      start += whole
      this.#end = start
      if (!take(content, place)) return
    }
  }

  /** Throws if the disk does not accept it; then none of it stays in the file. Concurrent calls are queued. */
  append(content: Uint8Array): Promise<BlockPlace> {
    const appended = this.#turn.then(() => this.#append(content))
    this.#turn = appended.catch(() => undefined)
    return appended
  }

  async #append(content: Uint8Array): Promise<BlockPlace> {
    const block = Buffer.allocUnsafe(HEAD + content.length + FOOT)
    block.writeUInt32LE(MARK, 0)
    block.writeUInt32LE(content.length, 4)
    block.writeUInt32LE(crc32(content), 8)
    block.set(content, HEAD)
    block.writeUInt32LE(content.length, HEAD + content.length)
    try {
      for (let at = 0; at < block.length;) {
        const { bytesWritten } = await this.#file.write(block, at, block.length - at, this.#end + at)
        at += bytesWritten
      }
    } catch (error) {
      await this.cut().catch(() => undefined)
      throw storageFailed(`${this.path} could not be written`, error)
    }
    const place = { at: this.#end + HEAD, length: content.length }
    this.#end += block.length
    giveBack(block)
    return place
  }

  async read({ at, length }: BlockPlace): Promise<Uint8Array> {
    const bytes = new Uint8Array(length)
    const { bytesRead } = await this.#file.read(bytes, 0, length, at)
    if (bytesRead === length) return bytes
    throw new SeeklineError('storage.damaged', `${this.path} has become shorter.`, { hint: 'Search again.' })
  }

  /** For the writer: removes what comes after the last complete block. */
  async cut(): Promise<void> {
    const { size } = await this.#file.stat()
    if (size > this.#end) await this.#file.truncate(this.#end)
  }

  /** Makes what was written survive a power cut. */
  sync(): Promise<void> {
    return this.#file.sync()
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** The last block of a file, without reading those before; null: the file does not end with a complete one. */
export async function lastBlock(path: string): Promise<Uint8Array | null> {
  const file = await openOrdinaryFile(path, constants.O_RDONLY)
  try {
    const { size } = await file.stat()
    const foot = Buffer.alloc(FOOT)
    if (size < HEAD + FOOT) return null
    await file.read(foot, 0, FOOT, size - FOOT)
    const length = foot.readUInt32LE(0)
    const at = size - FOOT - length - HEAD
    if (length > MOST || at < 0) return null
    const block = Buffer.alloc(HEAD + length)
    await file.read(block, 0, block.length, at)
    return lengthIn(block) === length ? contentIn(block, length) : null
  } finally {
    await file.close()
  }
}

function lengthIn(block: Buffer): number | null {
  const length = block.readUInt32LE(4)
  return block.readUInt32LE(0) === MARK && length > 0 && length <= MOST ? length : null
}

function contentIn(block: Buffer, length: number): Uint8Array | null {
  const content = block.subarray(HEAD, HEAD + length)
  return crc32(content) === block.readUInt32LE(8) ? content : null
}
