import type { z } from 'zod'
import { SeeklineError } from '#shared/errors.ts'

/** Parses a call's input; invalid input becomes one sentence per place: where, and what was expected. */
export function parseInput(schema: z.ZodType, input: unknown): unknown {
  const result = safeParse(schema, input)
  if (result.success) return result.data
  const { issues } = result.error
  const places = [...new Set(issues.slice(0, mostPlaces).flatMap((issue) => describe(issue, [])))].slice(0, mostPlaces)
  const shown = places.slice(0, 5).join('; ')
  const left = Math.max(issues.length, places.length) - 5
  const more = left > 0 ? `; and ${left} more` : ''
  throw new SeeklineError('call.invalid', `The input does not fit: ${shown}${more}.`, { details: { places } })
}

/**
 * How many places an error names. An input may be wrong in a million places, and listing them would cost more than the call.
 */
const mostPlaces = 20

function safeParse(schema: z.ZodType, input: unknown): z.ZodSafeParseResult<unknown> {
  try {
    return schema.safeParse(input)
  } catch (error) {
    // zod passes the issues of a list as arguments of one call; above a hundred thousand that overflows the stack.
    if (!(error instanceof RangeError)) throw error
    throw new SeeklineError('call.invalid', 'The input does not fit: it is wrong in too many places to tell.')
  }
}

type Issue = z.core.$ZodIssue

function describe(issue: Issue, before: PropertyKey[]): string[] {
  const path = [...before, ...issue.path]
  if (issue.code === 'invalid_union') {
    // The alternative that got furthest is probably the one that was meant.
    const best = issue.errors.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0]
    if (best !== undefined && best.length > 0) return best.flatMap((inner) => describe(inner, path))
    if (issue.discriminator !== undefined) {
      const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String).join(', ') : ''
      const text = options === '' ? 'none of the possible values' : `expected one of ${options}`
      return [
        `${name([...path, issue.discriminator].slice(0, path.at(-1) === issue.discriminator ? -1 : undefined))}: ${text}`,
      ]
    }
  }
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, mostPlaces).map((key) => `${name([...path, key])}: not known here`)
  return [`${name(path)}: ${words(issue)}`]
}

/** Mistakes that a person can make, in words; zod's own messages are about the schema. A schema's own message is kept. */
function words(issue: Issue): string {
  const own = issue.message.replace(/^Invalid input: /, '').replace(/\.$/, '')
  if (issue.code === 'too_small' && own.startsWith('Too small')) {
    const least = Number(issue.minimum) + (issue.inclusive === false ? 1 : 0)
    if (issue.origin === 'string') return least <= 1 ? 'must not be empty' : `needs ${least} characters or more`
    if (issue.origin === 'array' || issue.origin === 'set') {
      return least <= 1 ? 'needs at least one entry' : `needs ${least} entries or more`
    }
    return `must be ${issue.minimum} or more${issue.inclusive === false ? ', that itself left out' : ''}`
  }
  if (issue.code === 'too_big' && own.startsWith('Too big')) {
    const { maximum, inclusive } = issue
    if (issue.origin === 'string') return `must have ${maximum} characters or fewer`
    if (issue.origin === 'array' || issue.origin === 'set') return `must have ${maximum} entries or fewer`
    return inclusive === false ? `must be less than ${maximum}` : `must be ${maximum} or less`
  }
  if (issue.code === 'invalid_type' && issue.expected === 'int') return 'must be a whole number'
  const missing = ', received undefined'
  if (issue.code === 'invalid_type' && own.endsWith(missing)) return `is missing; ${own.slice(0, -missing.length)}`
  if (issue.code === 'invalid_format' && own.startsWith('Invalid')) return 'is not written as it must be'
  return own
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length))
}

function name(path: PropertyKey[]): string {
  if (path.length === 0) return 'the input'
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('')
    .slice(0, 200)
}
