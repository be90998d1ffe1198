import { constants } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openOrdinaryFile, readOrdinaryFile } from './atomic-files.ts'
import { redact } from '../redact.ts'

export type LogLevel = 'info' | 'warn' | 'error'

export interface Log {
  /** One line, with what may follow it indented. Never a record's content: nobody asked for that to be kept. */
  write(level: LogLevel, area: string, text: string, more?: string): void
  /** Resolves when all is on disk. */
  flush(): Promise<void>
}

export interface LogOptions {
  folder: string
  /** One per face of the app, for two processes must not turn one file over. */
  name: 'app' | 'server'
  /** Every secret known in this run. */
  secrets: () => Iterable<string>
  now?: () => Date
  maxBytes?: number
}

/** Files kept of one name, the one being written among them. */
const mostFiles = 4
const mostBytes = 1024 * 1024
/** A file is turned over before a line that would make it too long, and a line has its own limits. */
const mostKeptBytes = 4 * mostBytes
/** A stack or a message longer than this says nothing more. */
const mostText = 8_192

/** A log of bounded size on this machine: `app.log`, then `app.1.log`, the older the higher. */
export function createLog({ folder, name, secrets, now = () => new Date(), maxBytes = mostBytes }: LogOptions): Log {
  const current = join(folder, `${name}.log`)
  const older = (n: number): string => (n === 0 ? current : join(folder, `${name}.${n}.log`))
  let size: number | undefined
  let waiting: string[] = []
  let writing: Promise<void> | undefined

  const turn = async (): Promise<void> => {
    await rm(older(mostFiles - 1), { force: true })
    for (let n = mostFiles - 2; n >= 0; n -= 1) await rename(older(n), older(n + 1)).catch(() => undefined)
    size = 0
  }
  const drain = async (): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    size ??= await stat(current).then(({ size: bytes }) => bytes, () => 0) // oxfmt-ignore
    while (waiting.length > 0) {
      const text = waiting.join('')
      waiting = []
      if (size > 0 && size + text.length > maxBytes) await turn()
      const file = await openOrdinaryFile(current, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT)
      try {
        await file.appendFile(text)
      } finally {
        await file.close()
      }
      size += Buffer.byteLength(text)
    }
  }
  const start = (): void => {
    // A disk that is full or gone must not take the app with it; lines are then lost.
    writing ??= drain()
      .catch(() => {
        waiting = []
      })
      .finally(() => {
        writing = undefined
        if (waiting.length > 0) start()
      })
  }
  return {
    write: (level, area, text, more) => {
      const line = logLine(
        now(),
        level,
        area,
        scrubLine(text, secrets()),
        more === undefined ? '' : scrubLine(more, secrets()),
      )
      if (waiting.length < 1_000) waiting.push(line)
      start()
    },
    flush: async () => {
      while (writing !== undefined) await writing
    },
  }
}

/** The newest lines of every log there is, for diagnostics; by file name. */
export async function readLogs(folder: string, names: readonly string[]): Promise<{ name: string; text: string }[]> {
  const found = await Promise.all(
    names.flatMap((name) =>
      Array.from({ length: mostFiles }, (_, n) => (n === 0 ? `${name}.log` : `${name}.${n}.log`)).map(async (file) => ({
        name: file,
        text: await readOrdinaryFile(join(folder, file), mostKeptBytes).then(String, () => ''),
      })),
    ),
  )
  return found.filter(({ text }) => text !== '')
}

/** A second net under {@link redact}: what looks like a secret is one, though nobody has seen it in this run. */
export function scrubLine(text: string, secrets: Iterable<string>): string {
  return (
    redact(text, secrets)
      // Cut before it is searched: a text may be megabytes, and of what follows nothing would be kept.
      .slice(0, 4 * mostText)
      .replaceAll(/-----BEGIN [^-]*PRIVATE KEY-----[\s\S]*?(-----END [^-]*-----|$)/g, '•••')
      .replaceAll(
        /((?:pass(?:word|phrase)?|secret|token|credential)s?["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;"'}]+)/gi,
        '$1•••',
      )
      // A name and password before a host, as in a proxy's or a registry's address.
      .replaceAll(/([a-z][a-z0-9+.-]{0,19}:\/\/)[^\s/?#"'<>]{0,1000}@/gi, '$1•••@')
      .slice(0, mostText)
  )
}

function logLine(at: Date, level: LogLevel, area: string, text: string, more: string): string {
  const head = `${at.toISOString()} ${level.padEnd(5)} ${area}: ${oneLine(text)}\n`
  return more === '' ? head : `${head}${visible(more.replaceAll('\r\n', '\n')).replaceAll(/^/gm, '    ')}\n`
}

/** A message with a line break in it must not look like two of ours. */
function oneLine(text: string): string {
  return visible(text.replaceAll(/[\t\n\r\u2028\u2029]+/g, ' '))
}

/** Written out what a terminal would obey, what turns text round, and what is not seen at all: a log is read by `cat`. */
function visible(text: string): string {
  return text.replaceAll(
    /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`, // a string of one character
  )
}
