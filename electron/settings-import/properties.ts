import { meaningOf, reasonFor } from './known-settings.ts'
import { readOf, type Read, type Setting } from './setting.ts'

/** java.util.Properties' format: comments, continuation lines, escapes, `=`, `:` or white space between key and value. */
export function readProperties(text: string): Read {
  const settings: Setting[] = []
  const strayLines: number[] = []
  const lines = splitSettingLines(text)
  const ends = nextPemEnd(lines)
  // Spring keeps several documents in one file, separated by `#---`.
  const documents = lines.filter((line) => isDocumentEnd(line)).length
  let document = 1
  for (let i = 0; i < lines.length; i += 1) {
    const start = i
    const first = lines[i] ?? ''
    let line = trimStart(first)
    if (isDocumentEnd(first)) document += 1
    if (line === '' || line.startsWith('#') || line.startsWith('!')) continue
    // Pieces are joined once: a value of thousands of continued lines should not be copied thousands of times.
    const pieces: string[] = []
    while (continues(line) && i + 1 < lines.length) {
      pieces.push(line.slice(0, -1))
      i += 1
      line = trimStart(lines[i] ?? '')
    }
    if (continues(line)) line = line.slice(0, -1)
    pieces.push(line)
    const whole = pieces.join('')
    const [rawKey, rawValue, hasSeparator] = splitProperty(whole)
    const pem = pemBlock(rawValue, lines, i, ends)
    if (pem !== null) i = pem.last
    const key = unescape(rawKey)
    if (!hasSeparator && !isKnown(key)) {
      strayLines.push(start + 1)
      continue
    }
    settings.push({
      path: documents > 0 ? [`document ${document}`, key] : [key],
      // Kafka trims every value, secrets too.
      value: (pem === null ? unescape(rawValue) : pem.text).trim(),
      raw: rawValue.trim(),
      line: start + 1,
      isTorn: true,
    })
  }
  return readOf(settings, strayLines)
}

/** librdkafka's files, and with `[headings]` INI: no escapes, so `C:\certs` is literal; in Java's format it would not be. */
export function readPlainLines(text: string): Read {
  const settings: Setting[] = []
  const strayLines: number[] = []
  const lines = splitSettingLines(text)
  const ends = nextPemEnd(lines)
  let section: string | undefined
  for (let i = 0; i < lines.length; i += 1) {
    const line = (lines[i] ?? '').trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const heading = iniHeading(line)
    if (heading !== null) {
      section = heading
      continue
    }
    const at = line.search(/[=:]/)
    const key = at < 0 ? line : line.slice(0, at).trim()
    if (at < 0 || key === '') {
      strayLines.push(i + 1)
      continue
    }
    const start = i
    let value = line.slice(at + 1).trim()
    const pem = pemBlock(value, lines, i, ends)
    if (pem !== null) {
      i = pem.last
      value = pem.text
    }
    settings.push({ path: section === undefined ? [key] : [section, key], value, line: start + 1, isTorn: true })
  }
  return readOf(settings, strayLines)
}

export function iniHeading(line: string): string | null {
  const inside = line.startsWith('[') && line.endsWith(']') ? line.slice(1, -1).trim() : ''
  // `[::1]:9092,…` on a line of its own is an address.
  return /^[^[\]="']{1,100}$/.test(inside) ? inside : null
}

/** `NAME=value` lines as dotenv, Docker's `--env-file` and a shell's `export` have them. */
export function readEnvironment(text: string): Read {
  const settings: Setting[] = []
  const strayLines: number[] = []
  for (const [index, raw] of splitSettingLines(text).entries()) {
    const line = raw.trim().replace(/^(?:export|set|setx|ENV)\s+/, '')
    if (line === '' || line.startsWith('#')) continue
    const at = line.indexOf('=')
    if (at <= 0) {
      strayLines.push(index + 1)
      continue
    }
    settings.push({
      path: [line.slice(0, at).trim()],
      value: envValue(line.slice(at + 1).trim()),
      line: index + 1,
      isTorn: true,
    })
  }
  return readOf(settings, strayLines)
}

function envValue(text: string): string {
  const quote = text[0]
  if (quote === '"' || quote === "'") {
    const end = closingQuote(text, quote)
    // Something after the closing quote: Docker then takes the line literally, and so does this.
    if (end > 0 && /^\s*(?:#.*|;)?$/.test(text.slice(end + 1))) {
      const inside = text.slice(1, end)
      return quote === "'" ? inside : inside.replace(/\\(["\\$`n])/g, (_, c: string) => (c === 'n' ? '\n' : c))
    }
    return text
  }
  const comment = text.search(/\s#/)
  return comment < 0 ? text : text.slice(0, comment).trimEnd()
}

function closingQuote(text: string, quote: string): number {
  for (let i = 1; i < text.length; i += 1) {
    if (text[i] === '\\' && quote === '"') i += 1
    else if (text[i] === quote) return i
  }
  return -1
}

export function splitSettingLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/)
}

function isDocumentEnd(line: string): boolean {
  return /^[#!]---\s*$/.test(line)
}

/** In Java any word is a key; without a separator after it, only a known setting's name is taken for one. */
function isKnown(key: string): boolean {
  const { meaning, words } = meaningOf([key])
  return meaning !== undefined || reasonFor(words) !== undefined
}

function splitProperty(line: string): [key: string, value: string, hasSeparator: boolean] {
  let at = 0
  while (at < line.length && !/[=: \t\f]/.test(line[at] ?? '')) at += line[at] === '\\' ? 2 : 1
  const key = line.slice(0, at)
  let rest = trimStart(line.slice(at))
  const hasSeparator = rest.startsWith('=') || rest.startsWith(':')
  if (hasSeparator) rest = trimStart(rest.slice(1))
  return [key, rest, hasSeparator]
}

/** A PEM block whose lines follow the key without a backslash: no client reads that, but the meaning is clear. */
function pemBlock(value: string, lines: string[], at: number, ends: Int32Array): { text: string; last: number } | null {
  if (!value.startsWith('-----BEGIN ') || value.includes('-----END ')) return null
  const last = ends[at + 1] ?? -1
  if (last < 0) return null
  return { text: [value, ...lines.slice(at + 1, last + 1).map((line) => line.trim())].join('\n'), last }
}

/** For each line the next one at or after it that ends a PEM block; −1: none. */
function nextPemEnd(lines: string[]): Int32Array {
  const ends = new Int32Array(lines.length + 1).fill(-1)
  for (let i = lines.length - 1; i >= 0; i -= 1) {
    const line = lines[i] ?? ''
    ends[i] = line.includes('-----END ') ? i : line.includes('-----BEGIN ') ? -1 : (ends[i + 1] ?? -1)
  }
  return ends
}

function continues(line: string): boolean {
  let backslashes = 0
  while (line[line.length - 1 - backslashes] === '\\') backslashes += 1
  return backslashes % 2 === 1
}

function trimStart(line: string): string {
  let at = 0
  while (at < line.length && (line[at] === ' ' || line[at] === '\t' || line[at] === '\f')) at += 1
  return line.slice(at)
}

const letters: Record<string, string> = { t: '\t', n: '\n', r: '\r', f: '\f' }

export function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|([^]))/g, (_all, hex: string | undefined, letter: string | undefined) =>
    hex === undefined ? (letters[letter ?? ''] ?? letter ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
