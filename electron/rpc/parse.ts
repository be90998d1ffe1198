import type { z } from 'zod'
import { SeeklineError } from '#shared/errors.ts'

/** Parses a call's input; what does not fit becomes one sentence per place: where, and what was expected. */
export async function parseInput(schema: z.ZodType, input: unknown): Promise<unknown> {
  const result = await schema.safeParseAsync(input)
  if (result.success) return result.data
  const places = [...new Set(result.error.issues.flatMap((issue) => describe(issue, [])))]
  const shown = places.slice(0, 5).join('; ')
  const more = places.length > 5 ? `; and ${places.length - 5} more` : ''
  throw new SeeklineError('call.invalid', `The input does not fit: ${shown}${more}.`, { details: { places } })
}

type Issue = z.core.$ZodIssue

function describe(issue: Issue, before: PropertyKey[]): string[] {
  const path = [...before, ...issue.path]
  if (issue.code === 'invalid_union') {
    // The alternative that got furthest is the one that was meant.
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
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${name([...path, key])}: not known here`)
  return [`${name(path)}: ${issue.message.replace(/^Invalid input: /, '').replace(/\.$/, '')}`]
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
