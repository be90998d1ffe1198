import { RE2JS, RE2JSSyntaxException } from 're2js'
import { bytesOfText } from '../bytes.ts'
import { inParts } from './in-parts.ts'
import type { FilterKind } from './filter-kind.ts'
import { caselessPart, literal } from './literal.ts'
import { MOST_MARKS, type MarkFinder, type TextPlace } from './mark-texts.ts'
import { allWanted, NoFilter, type Literal, type Predicate } from './predicate.ts'
import { literalsOf } from './regex-literals.ts'
import type { RegexFilter } from './regex-filter.ts'

/** The syntax of RE2: matching time grows linearly with the text, whatever the pattern. */
export const regex: FilterKind<RegexFilter> = { compile, places: ({ pattern, matchCase }) => marks(pattern, matchCase) }

/**
 * The size of the compiled pattern times bytes: some seconds for the slowest patterns. Linear time is still long if both are
 * large.
 */
const MOST_WORK = 2e9

const tooMuch = { cannot: 'too-large', why: 'too long a text for this regular expression' } as const

function compile({ pattern, matchCase, in: where }: RegexFilter): Predicate {
  const compiled = re2Of(pattern, matchCase)
  const size = compiled.programSize()
  // A pattern that depends on the end of the text cannot be decided while only the beginning is loaded.
  const looksAtEnd = /\$|\\[zbB]/.test(pattern)
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  return {
    literal: literalFor(pattern, matchCase, where),
    wanted: allWanted,
    verdict: inParts(where, {
      isIn: ({ bytes, start, end, isWhole }) => {
        if ((end - start) * size > MOST_WORK) return tooMuch
        const found = compiled.test(decoder.decode(bytes.subarray(start, end)))
        return found && looksAtEnd && !isWhole ? 'unknown' : found
      },
      mayBeIn: () => true,
    }),
  }
}

function literalFor(pattern: string, matchCase: boolean, where: RegexFilter['in']): Literal | null {
  const texts = literalsOf(pattern)?.map((text) => (matchCase ? text : caselessPart(text)))
  const known = texts?.filter((text) => text !== null)
  if (texts === undefined || known === undefined || known.length < texts.length) return null
  return literal({ anyOf: known.map(bytesOfText), in: where })
}

function marks(pattern: string, matchCase: boolean): MarkFinder | undefined {
  try {
    const compiled = re2Of(pattern, matchCase)
    return (text) => {
      const places: TextPlace[] = []
      const matcher = compiled.matcher(text)
      while (places.length < MOST_MARKS && matcher.find()) if (matcher.end() > matcher.start()) places.push({ from: matcher.start(), to: matcher.end() }) // oxfmt-ignore
      return places
    }
  } catch (error) {
    if (error instanceof NoFilter) return undefined
    throw error
  }
}

/** Throws `NoFilter` if it is not a regular expression of RE2. */
export function re2Of(pattern: string, matchCase: boolean): RE2JS {
  try {
    return RE2JS.compile(pattern, matchCase ? 0 : RE2JS.CASE_INSENSITIVE)
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error
    const about = error.getPattern() ?? ''
    const at = about === '' ? 0 : Math.max(0, pattern.indexOf(about))
    throw new NoFilter(`This is no regular expression of RE2: ${error.getDescription()}.`, at, about.length)
  }
}
