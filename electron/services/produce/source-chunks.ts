import { createHash } from 'node:crypto'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { bytesOfText } from '#shared/bytes.ts'
import { SeeklineError } from '#shared/errors.ts'
import { MOST_PRODUCED, type ProduceSource, type RecordInput } from '#shared/model/produce.ts'
import { readTemplate } from '#shared/produce/generators.ts'
import type { BadLine } from '../../kafka/produce/run-produce.ts'
import type { ComposeFrom } from '../../kafka/produce/compose-task.ts'
import { mark } from '../../storage/marked-json.ts'

/** The size that one task of a worker gets. */
const CHUNK_BYTES = 1 << 20
const CHUNK_RECORDS = 2_000
/** No broker accepts a record of this length by default; a file with such a line is probably not a file of lines. */
const MOST_LINE_BYTES = 8 << 20
const MOST_FILE_BYTES = 1 << 30
/** Of one generated record: each of its parts may be long. */
const MOST_MADE = 32 << 20
/** With a rate limit: at most this many chunks per second. */
const STEPS = 10

export type Chunk = ComposeFrom | BadLine

/** A source in chunks, in order; at the end a digest of all of it. */
export async function* chunksOf(source: ProduceSource, signal: AbortSignal): AsyncGenerator<Chunk> {
  const most =
    source.rate === null ? CHUNK_RECORDS : Math.max(1, Math.min(CHUNK_RECORDS, Math.ceil(source.rate / STEPS)))
  switch (source.kind) {
    case 'records':
      for (let at = 0; at < source.records.length; at += most) {
        yield { kind: 'records', first: at + 1, records: source.records.slice(at, at + most) }
      }
      return
    case 'generated': {
      const longest = longestOf(source.record)
      if (longest > MOST_MADE) throw new SeeklineError('call.invalid', `One such record may have more than ${MOST_MADE >> 20} MiB, which no broker takes.`, { hint: 'Make it shorter.' }) // oxfmt-ignore
      const step = Math.max(1, Math.min(most, Math.floor(CHUNK_BYTES / longest)))
      for (let at = 0; at < source.count; at += step) {
        yield { kind: 'generated', first: at + 1, record: source.record, count: Math.min(step, source.count - at) }
      }
      return
    }
    case 'lines':
      yield* linesOf(inPieces(bytesOfText(source.text)), source, most)
      return
    case 'file': {
      const file = await openFile(source.path)
      try {
        yield* linesOf(fileInPieces(file, signal), source, most)
      } finally {
        await file.close()
      }
    }
  }
}

/** The most characters that one record is made of. */
function longestOf({ key, value, headers }: RecordInput): number {
  const inputs = [key, value, ...headers.flatMap((header) => [header.name, header.value])]
  return inputs.reduce((sum, input) => {
    if (input === null) return sum
    if ('bytes' in input) return sum + input.bytes.length
    const text = 'json' in input ? input.json : input.text
    const template = readTemplate(text)
    return sum + ('problems' in template ? text.length : template.longest)
  }, 1)
}

/** The digest that a plan shows, and that apply must find again; for a file of all of its bytes. */
export async function digestOf(source: ProduceSource, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  hash.update(JSON.stringify(mark(source)))
  if (source.kind === 'file') {
    const file = await openFile(source.path)
    try {
      for await (const piece of fileInPieces(file, signal)) hash.update(piece)
    } finally {
      await file.close()
    }
  }
  return hash.digest('hex')
}

/** Whole lines, cut at line ends. */
async function* linesOf(
  pieces: AsyncIterable<Uint8Array>,
  {
    key,
    value,
    partitioning,
    timestamps,
  }: Pick<Extract<ProduceSource, { kind: 'lines' }>, 'key' | 'value' | 'partitioning' | 'timestamps'>,
  most: number,
): AsyncGenerator<Chunk> {
  const as = { kind: 'lines', key, value, partitioning, timestamps } as const
  let first = 1
  let rest: Uint8Array = new Uint8Array()
  /** Inside a line that is too long: skipped to its end. */
  let isSkipping = false
  const cut = function* (bytes: Uint8Array, isLast: boolean): Generator<Chunk> {
    let start = 0
    let lines = 0
    let at = 0
    for (;;) {
      const end = bytes.indexOf(0x0a, at)
      if (end === -1) break
      at = end + 1
      if (isSkipping) {
        isSkipping = false
        start = at
        first += 1
        continue
      }
      lines += 1
      if (lines < most && at - start < CHUNK_BYTES) continue
      yield { ...as, first, bytes: bytes.slice(start, at) }
      first += lines
      checkCount(first)
      start = at
      lines = 0
    }
    if (lines > 0) {
      yield { ...as, first, bytes: bytes.slice(start, at) }
      first += lines
      checkCount(first)
      start = at
    }
    rest = isSkipping ? new Uint8Array() : bytes.slice(start)
    if (rest.length > MOST_LINE_BYTES) {
      yield tooLong(first)
      isSkipping = true
      rest = new Uint8Array()
    } else if (isLast && rest.length > 0) yield { ...as, first, bytes: rest }
  }
  let last: Uint8Array | null = null
  for await (const piece of pieces) {
    if (last !== null) yield* cut(joined(rest, last), false)
    last = piece
  }
  if (last !== null) yield* cut(joined(rest, last), true)
}

function checkCount(lines: number): void {
  if (lines - 1 <= MOST_PRODUCED) return
  throw new SeeklineError('call.invalid', `The file has more than ${MOST_PRODUCED} lines.`, {
    hint: 'Split it, and send one part after the other.',
  })
}

function tooLong(line: number): BadLine {
  const message = `The line is longer than ${MOST_LINE_BYTES >> 20} MiB.`
  return { kind: 'bad', problem: { line, part: 'line', path: '', at: null, message } }
}

function joined(before: Uint8Array, after: Uint8Array): Uint8Array {
  if (before.length === 0) return after
  const bytes = new Uint8Array(before.length + after.length)
  bytes.set(before)
  bytes.set(after, before.length)
  return bytes
}

// oxlint-disable-next-line require-await -- what a file gives is awaited, and a text is given in the same way
async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES)
}

async function* fileInPieces(file: FileHandle, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let all = 0
  for (;;) {
    signal.throwIfAborted()
    const { bytesRead, buffer } = await file.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES)
    if (bytesRead === 0) return
    // The file may grow while it is read.
    all += bytesRead
    if (all > MOST_FILE_BYTES) throw tooLarge()
    yield buffer.subarray(0, bytesRead)
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // A device or a pipe may have no end, and opening one may block for ever.
    const about = await stat(path)
    if (!about.isFile())
      throw new SeeklineError('call.invalid', `${path} is no file.`, { hint: 'Name a file of lines of JSON.' })
    if (about.size > MOST_FILE_BYTES) throw tooLarge()
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof SeeklineError) throw error
    const { code } = error as { code?: unknown }
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' || code === 'EPERM' ? 'it may not be read' : `reading it failed (${String(code)})` // oxfmt-ignore
    throw new SeeklineError('call.invalid', `${path} cannot be sent: ${why}.`, {
      hint: 'Check its path.',
      details: { path },
    })
  }
}

function tooLarge(): SeeklineError {
  return new SeeklineError('call.invalid', `The file is larger than ${MOST_FILE_BYTES >> 30} GiB.`, {
    hint: 'Split it, and send one part after the other.',
  })
}
