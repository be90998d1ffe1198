import { SeeklineError } from '#shared/errors.ts'

/** One setting in a text, whatever the text's format. */
export interface Setting {
  /** As written, part by part: `['prod', 'sasl.password']` in JSON or under an INI heading, one part in a flat file. */
  readonly path: readonly string[]
  readonly value: string
  /** Its line, from 1. */
  readonly line: number
  /** Before escapes were resolved: only if the format has escapes. */
  readonly raw?: string
  /** The value is not in the text: its placeholder, safe to show. `value` may still name a constant of a program. */
  readonly absent?: string
  /** From a file of lines, where a key may be a piece torn from a longer value. */
  readonly isTorn?: boolean
  /** The value is the content of this file (`fs.readFileSync(…)`). */
  readonly file?: string
}

export interface Read {
  settings: Setting[]
  /** Lines that are not settings: counted, never shown, because they may be part of a secret. */
  strayLines: number[]
  /** Files with more settings that the text refers to, by the option that names them. */
  elsewhere: { key: string; why: string; path: readonly string[] }[]
}

export function readOf(settings: Setting[], strayLines: number[] = []): Read {
  return { settings, strayLines, elsewhere: [] }
}

export function unreadableSetting(what: string, hint: string): SeeklineError {
  return new SeeklineError('profile.invalid', what, { hint })
}

/** Line numbers of positions that are requested in rising order, in one pass over the text. */
export function lineCounter(text: string): (at: number) => number {
  let line = 1
  let seen = 0
  return (at) => {
    for (; seen < at; seen += 1) if (text.charCodeAt(seen) === 10) line += 1
    return line
  }
}
