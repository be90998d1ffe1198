import type { CheckProblem } from '#shared/contract/schema-plans.ts'
import { plain } from './registry-errors.ts'

/** Nobody reads more. */
const mostProblems = 200

/**
 * A registry's reasons, each with the place in the draft that it is about. Confluent and Apicurio name it as a JSON pointer in
 * a sentence (`path: '/fields/3'`) or as a line and column of the parser; otherwise there is no place.
 */
export function problemsOf(messages: readonly unknown[], text: string): CheckProblem[] {
  return messages
    .slice(0, mostProblems)
    .flatMap((message) => apart(typeof message === 'string' ? message : JSON.stringify(message)))
    .slice(0, mostProblems)
    .map((message) => problemOf(message, text))
}

/** Apicurio puts all reasons into one sentence: `… list of diff types: [zip at /fields/1, a at /fields/2] Causes: …`. */
function apart(said: string): string[] {
  const listed = /list of diff types: \[(.*?)\](?: Causes:|\s*$)/s.exec(said)?.[1]
  return listed === undefined ? [said] : listed.split(/,\s+(?=[^,]* at [/#])/)
}

function problemOf(said: string, text: string): CheckProblem {
  const path = pathIn(said)
  const byPointer = path === null ? null : placeOfPointer(text, path)
  const at = byPointer ?? lineIn(said)
  return { message: sentenceOf(said), path, line: at?.line ?? null, column: at?.column ?? null }
}

/** Confluent writes `{errorType:'X', description:'…', additionalInfo:'…'}`, which is not JSON. */
function sentenceOf(said: string): string {
  const found = /^\s*\{\s*errorType:\s*'([^']*)',\s*description:\s*'(.*)',\s*additionalInfo:\s*'(.*)'\s*\}?\s*$/s.exec(
    said,
  )
  if (found === null) return plain(said)
  const [, kind = '', description = '', info = ''] = found
  return plain(`${description}${info === '' ? '' : ` (${info})`} [${kind}]`)
}

function pathIn(said: string): string | null {
  const found = /(?:path:?\s*|at\s+|location:?\s*)['"]?(#?\/[^\s'",}\]]*)/i.exec(said)?.[1]
  return found === undefined ? null : found.replace(/\.$/, '').slice(0, 1_000)
}

function lineIn(said: string): { line: number; column: number | null } | null {
  const found = /line:?\s*(\d{1,7})(?:\s*[,:]?\s*col(?:umn)?:?\s*(?:nr:?\s*)?(\d{1,7}))?/i.exec(said)
  if (found === null) return null
  return { line: Number(found[1]), column: found[2] === undefined ? null : Number(found[2]) }
}

/** Where in a text a JSON pointer leads; null: nowhere, or the text is not JSON. */
export function placeOfPointer(text: string, pointer: string): { line: number; column: number } | null {
  const steps = pointer
    .replace(/^#?\//, '')
    .split('/')
    .map((step) => decode(step).replaceAll('~1', '/').replaceAll('~0', '~'))
  let at = skipSpace(text, 0)
  for (const step of steps) {
    if (step === '') continue
    const next = text[at] === '{' ? member(text, at, step) : text[at] === '[' ? element(text, at, Number(step)) : -1
    // The registry may count in a rewritten schema: the deepest place that exists is better than nothing.
    if (next < 0) break
    at = next
  }
  if (at >= text.length) return null
  const before = text.slice(0, at)
  const line = before.split('\n').length
  return { line, column: at - before.lastIndexOf('\n') }
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

function member(text: string, open: number, name: string): number {
  let at = skipSpace(text, open + 1)
  while (at < text.length && text[at] === '"') {
    const end = endOfString(text, at)
    const found = text.slice(at, end)
    at = skipSpace(text, skipSpace(text, end) + 1)
    if (isString(found, name)) return at
    at = skipSpace(text, endOfValue(text, at))
    if (text[at] !== ',') return -1
    at = skipSpace(text, at + 1)
  }
  return -1
}

function element(text: string, open: number, index: number): number {
  if (!Number.isInteger(index) || index < 0) return -1
  let at = skipSpace(text, open + 1)
  for (let n = 0; at < text.length && text[at] !== ']'; n += 1) {
    if (n === index) return at
    at = skipSpace(text, endOfValue(text, at))
    if (text[at] !== ',') return -1
    at = skipSpace(text, at + 1)
  }
  return -1
}

function isString(written: string, name: string): boolean {
  try {
    return JSON.parse(written) === name
  } catch {
    return false
  }
}

function endOfValue(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const c = text[at]
    if (c === '"') at = endOfString(text, at) - 1
    else if (c === '{' || c === '[') depth += 1
    else if (c === '}' || c === ']') {
      if (depth === 0) return at
      depth -= 1
      if (depth === 0) return at + 1
    } else if (c === ',' && depth === 0) return at
  }
  return text.length
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  return text.length
}

function skipSpace(text: string, start: number): number {
  let at = start
  while (at < text.length && /\s/.test(text[at]!)) at += 1 // at < text.length
  return at
}
