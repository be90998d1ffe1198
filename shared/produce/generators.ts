import type { Chance } from './chance.ts'

/**
 * The placeholders for values that are generated for each record:
 *
 * - `${uuid}`: a random UUID
 * - `${now}`: the time it is sent, as ISO 8601 in UTC; `${now:ms}`, `${now:s}`, `${now:us}` as a number since 1970, `${now:date}` its day
 * - `${seq}`: which record it is, from 1; `${seq:1000}` from another number
 * - `${1..100}`: a whole number of these, both ends included; `${0.5..2.50}`: with as many decimals as the longer end has;
 *   `${2026-01-01..2026-02-01T12:00Z}`: a moment between, as ISO 8601
 * - `${red|green|blue}`: one of these
 * - `${text:12}`: so many letters and digits; `${hex:16}`: so many hex digits
 *
 * `$${` is a `${` that stands for itself.
 */
export type Generator = (context: GeneratorContext) => string

export interface GeneratorContext {
  chance: Chance
  /** The number of the record, from 1. */
  number: number
  /** Milliseconds since 1970. */
  now: number
}

export interface TemplateProblem {
  /** The index of the character at which the generator starts. */
  at: number
  message: string
}

/** A parsed text with generators. */
export interface Template {
  /** It has no generators: all records are alike. */
  readonly isPlain: boolean
  /** The most characters that it makes. */
  readonly longest: number
  render(context: GeneratorContext): RenderedText
}

export interface RenderedText {
  text: string
  /** Where a character of the result comes from: its index in the template; for generated characters, the generator's index. */
  placeOf(at: number): number
}

interface Piece {
  /** The index in the template. */
  at: number
  make: string | Generator
}

const MOST_GENERATORS = 10_000
const MOST_LENGTH = 100_000
/** For all generators together: no broker accepts so much in a record, and a few words could claim a gigabyte. */
const MOST_MADE = 8 << 20
/** The most that a generator without a given length makes: a UUID, a time. */
const USUAL_LENGTH = 40

export function readTemplate(source: string): Template | { problems: TemplateProblem[] } {
  const pieces: Piece[] = []
  const problems: TemplateProblem[] = []
  let longest = source.length
  let from = 0
  for (let at = source.indexOf('${'); at !== -1; at = source.indexOf('${', from)) {
    if (at > from) pieces.push({ at: from, make: source.slice(from, at) })
    if (source[at - 1] === '$' && at > from) {
      // The `$` before it escapes it.
      pieces.push({ at, make: '{' })
      from = at + 2
      continue
    }
    const end = source.indexOf('}', at)
    if (end === -1) {
      problems.push({
        at,
        message: 'A generator is opened here and not closed: "}" is missing. "$${" stands for "${" itself.',
      })
      break
    }
    const body = source.slice(at + 2, end)
    const made = generatorOf(body)
    if (typeof made === 'string') problems.push({ at, message: made })
    else {
      pieces.push({ at, make: made })
      longest += longestOf(body)
      if (longest > MOST_MADE) return { problems: [{ at, message: `With this it makes more than ${MOST_MADE >> 20} million characters, which no broker takes.` }] } // oxfmt-ignore
    }
    if (pieces.length > MOST_GENERATORS)
      return { problems: [{ at, message: `More than ${MOST_GENERATORS} generators.` }] }
    from = end + 1
  }
  if (problems.length > 0) return { problems }
  if (from < source.length) pieces.push({ at: from, make: source.slice(from) })
  return {
    isPlain: pieces.every(({ make }) => typeof make === 'string'),
    longest,
    render: (context) => rendered(pieces, context),
  }
}

function rendered(pieces: readonly Piece[], context: GeneratorContext): RenderedText {
  const starts: number[] = []
  let text = ''
  for (const { make } of pieces) {
    starts.push(text.length)
    text += typeof make === 'string' ? make : make(context)
  }
  return {
    text,
    placeOf: (at) => {
      const index = starts.findLastIndex((start) => start <= at)
      const piece = pieces[index]
      if (piece === undefined) return at
      return typeof piece.make === 'string' ? piece.at + at - starts[index]! : piece.at // the list has a start per piece
    },
  }
}

/** The generator for the text between the brackets; or a sentence why it is not one. */
function generatorOf(body: string): Generator | string {
  const [name, argument] = split(body, ':')
  const named = generators[name]
  if (named !== undefined) return named(argument)
  const ends = split(body, '..')
  if (ends[1] !== undefined) return rangeOf(ends[0], ends[1])
  if (body.includes('|')) {
    const choices = body.split('|')
    return ({ chance }) => choices[Number(chance.below(BigInt(choices.length)))]! // the index is below the length
  }
  const known = [...Object.keys(generators), 'from..to', 'one|another'].map((one) => `\${${one}}`).join(', ')
  return `There is no generator "${body.slice(0, 50)}"; there is ${known}. "$\${" stands for "\${" itself.`
}

/** How much longer a generator's output may be than its own text. */
function longestOf(body: string): number {
  const length = /^(?:text|hex):(\d+)$/.exec(body)?.[1]
  return length === undefined ? USUAL_LENGTH : Number(length)
}

function split(text: string, by: string): [string, string | undefined] {
  const at = text.indexOf(by)
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + by.length)]
}

const clocks: Record<string, (now: number) => string> = {
  iso: (now) => new Date(now).toISOString(),
  date: (now) => new Date(now).toISOString().slice(0, 10),
  ms: (now) => String(now),
  s: (now) => String(Math.floor(now / 1_000)),
  us: (now) => String(now * 1_000),
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

const generators: Record<string, ((argument: string | undefined) => Generator | string) | undefined> = {
  __proto__: null as never,
  uuid: (argument) => (argument === undefined ? ({ chance }) => chance.uuid() : 'A UUID takes nothing behind a colon.'),
  now: (argument = 'iso') => {
    const clock = Object.hasOwn(clocks, argument) ? clocks[argument]! : null // hasOwn was checked
    if (clock === null)
      return `A time is written as one of ${Object.keys(clocks).join(', ')}, not as "${argument.slice(0, 20)}".`
    return ({ now }) => clock(now)
  },
  seq: (argument = '1') => {
    if (!/^-?\d{1,18}$/.test(argument))
      return `A sequence begins with a whole number, not with "${argument.slice(0, 20)}".`
    const first = BigInt(argument)
    return ({ number }) => String(first + BigInt(number - 1))
  },
  text: (argument) => charactersOf(argument, letters),
  hex: (argument) => charactersOf(argument, '0123456789abcdef'),
}

function charactersOf(argument: string | undefined, of: string): Generator | string {
  const length = /^\d{1,6}$/.test(argument ?? '') ? Number(argument) : 0
  if (length < 1 || length > MOST_LENGTH) return `Of how many characters? From 1 to ${MOST_LENGTH}, behind a colon.`
  return ({ chance }) => Array.from({ length }, () => of[chance.word() % of.length]!).join('') // the index is below the length
}

const decimal = /^-?\d{1,18}(?:\.(\d{1,18}))?$/
const moment = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?$/

function rangeOf(from: string, to: string): Generator | string {
  const [low, high] = [decimal.exec(from), decimal.exec(to)]
  if (low !== null && high !== null) {
    const scale = Math.max(low[1]?.length ?? 0, high[1]?.length ?? 0)
    const [first, last] = [scaled(from, scale), scaled(to, scale)]
    if (first > last) return `The range ends before it begins: ${from} is more than ${to}.`
    return ({ chance }) => unscaled(first + chance.below(last - first + 1n), scale)
  }
  if (moment.test(from) && moment.test(to)) {
    // Without a zone it is UTC, like everything written here.
    const [first, last] = [from, to].map((text) => Date.parse(/T.*(?:Z|[+-]\d\d:\d\d)$|^[^T]*$/.test(text) ? text : `${text}Z`)) as [number, number] // oxfmt-ignore
    if (Number.isNaN(first) || Number.isNaN(last)) return `"${from}..${to}" is no range of moments.`
    if (first > last) return `The range ends before it begins: ${from} is later than ${to}.`
    return ({ chance }) => new Date(first + Number(chance.below(BigInt(last - first + 1)))).toISOString()
  }
  return `A range is of two numbers or two moments, such as \${1..100} or \${2026-01-01..2026-02-01}, not of "${from.slice(0, 30)}" and "${to.slice(0, 30)}".`
}

function scaled(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.split('.')
  return BigInt(whole.replace('-', '') + fraction.padEnd(scale, '0')) * (text.startsWith('-') ? -1n : 1n)
}

function unscaled(value: bigint, scale: number): string {
  if (scale === 0) return String(value)
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
