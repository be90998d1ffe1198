import type { ErrorValue } from '#shared/errors.ts'

const mask = '•••'

/**
 * Removes secrets from text for a log or an error, in the forms they commonly have there. A second safeguard: no code should
 * put them there in the first place.
 */
export function redact(text: string, secrets: Iterable<string>): string {
  let out = text
  for (const form of forms(secrets)) {
    // A secret of one or two letters would blank half of every sentence; where it is a word of its own it is masked.
    out = form.length > 3 ? out.replaceAll(form, mask) : out.replace(alone(form), mask)
  }
  return out
}

/** The same for everything in an error that reaches a view, a shell or a log; `clean` may remove more. */
export function redactError(error: ErrorValue, secrets: Iterable<string>, clean = redact): ErrorValue {
  const list = [...secrets]
  const text = (given: string): string => clean(given, list)
  return {
    ...error,
    message: text(error.message),
    ...(error.hint === undefined ? {} : { hint: text(error.hint) }),
    ...(error.details === undefined ? {} : { details: redactValue(error.details, text) as Record<string, unknown> }),
  }
}

function redactValue(value: unknown, text: (given: string) => string): unknown {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map((item) => redactValue(item, text))
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [text(name), redactValue(item, text)]))
}

/** Longest first, or masking a part would leave the rest of the whole readable. */
function forms(secrets: Iterable<string>): string[] {
  const all = new Set<string>()
  for (const secret of secrets) {
    if (secret === '') continue
    all.add(secret)
    all.add(JSON.stringify(secret).slice(1, -1))
    // Lone surrogates have no URI form.
    if (secret.isWellFormed()) all.add(encodeURIComponent(secret))
    all.add(Buffer.from(secret).toString('base64'))
    all.add(Buffer.from(secret).toString('hex'))
    // A PEM key may be quoted line by line.
    for (const line of secret.split(/\r?\n/)) if (line.length >= 16 && !line.startsWith('-----')) all.add(line)
  }
  return [...all].sort((a, b) => b.length - a.length)
}

function alone(form: string): RegExp {
  const literal = form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  return new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'gu')
}
