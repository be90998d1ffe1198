import { SeeklineError } from '#shared/errors.ts'

/** One setting as a text gives it, whatever the text's format. */
export interface Setting {
  /** As written, part by part: `['prod', 'sasl.password']` in JSON or under an INI heading, one part in a flat file. */
  readonly path: readonly string[]
  readonly value: string
  /** Where it stands, from 1. */
  readonly line: number
  /** Before escapes were read: only where the format has some. */
  readonly raw?: string
  /** The text does not hold the value: what stands for it, safe to show. `value` may still name a constant of a program. */
  readonly absent?: string
  /** From a file of lines, where a key may be a piece that was torn from a longer value. */
  readonly isTorn?: boolean
  /** The value is what this file holds (`fs.readFileSync(…)`). */
  readonly file?: string
}

export interface Read {
  settings: Setting[]
  /** Lines that are no setting: counted, never shown, for they may be part of a secret. */
  strayLines: number[]
  /** Files that the text refers to for more settings, by the option that names them. */
  elsewhere: { key: string; why: string; path: readonly string[] }[]
}

export function readOf(settings: Setting[], strayLines: number[] = []): Read {
  return { settings, strayLines, elsewhere: [] }
}

export function unreadableSetting(what: string, hint: string): SeeklineError {
  return new SeeklineError('profile.invalid', what, { hint })
}

/** Line numbers of positions that are asked for in rising order, in one pass over the text. */
export function lineCounter(text: string): (at: number) => number {
  let line = 1
  let seen = 0
  return (at) => {
    for (; seen < at; seen += 1) if (text.charCodeAt(seen) === 10) line += 1
    return line
  }
}
