import { constants } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openOrdinaryFile, readOrdinaryFile } from './atomic-files.ts'
import { redact } from '../redact.ts'

export type LogLevel = 'info' | 'warn' | 'error'

export interface Log {
  /** One line, with what may follow it indented. Never the content of a record. */
  write(level: LogLevel, area: string, text: string, more?: string): void
  /** Resolves when everything is on disk. */
  flush(): Promise<void>
}

export interface LogOptions {
  folder: string
  /** One name per kind of process, because two processes must not rotate the same file. */
  name: 'app' | 'server'
  /** Every secret known in this run. */
  secrets: () => Iterable<string>
  now?: () => Date
  maxBytes?: number
}

/** How many files of one name are kept, including the current one. */
const mostFiles = 4
const mostBytes = 1024 * 1024
/** A file is rotated before a line that would make it too long; lines have a limit of their own. */
const mostKeptBytes = 4 * mostBytes
/** The rest of a longer stack or message adds nothing. */
const mostText = 8_192

/** A log of bounded size on this machine: `app.log`, then `app.1.log`, higher numbers being older. */
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
    // A full or missing disk must not stop the app; lines are then lost.
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

/** The newest lines of every log, for diagnostics; by file name. */
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

/** A second safeguard after {@link redact}: removes what looks like a secret, even if it was not seen in this run. */
export function scrubLine(text: string, secrets: Iterable<string>): string {
  return (
    redact(text, secrets)
      // Cut before it is searched: a text may be megabytes, and the rest would not be kept anyway.
      .slice(0, 4 * mostText)
      .replaceAll(/-----BEGIN [^-]*PRIVATE KEY-----[\s\S]*?(-----END [^-]*-----|$)/g, '•••')
      .replaceAll(
        /((?:pass(?:word|phrase)?|secret|token|credential)s?["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;"'}]+)/gi,
        '$1•••',
      )
      // A user name and password before a host, as in the address of a proxy or a registry.
      .replaceAll(/([a-z][a-z0-9+.-]{0,19}:\/\/)[^\s/?#"'<>]{0,1000}@/gi, '$1•••@')
      .slice(0, mostText)
  )
}

function logLine(at: Date, level: LogLevel, area: string, text: string, more: string): string {
  const head = `${at.toISOString()} ${level.padEnd(5)} ${area}: ${oneLine(text)}\n`
  return more === '' ? head : `${head}${visible(more.replaceAll('\r\n', '\n')).replaceAll(/^/gm, '    ')}\n`
}

/** A message with a line break must not look like two log lines. */
function oneLine(text: string): string {
  return visible(text.replaceAll(/[\t\n\r\u2028\u2029]+/g, ' '))
}

/**
 * Escapes terminal control sequences, characters that change the direction of text, and invisible ones, because logs are read
 * with `cat`.
 */
function visible(text: string): string {
  return text.replaceAll(
    /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`, // a string of one character
  )
}
