import { lineCounter, readOf, type Read } from './setting.ts'

export interface Jaas {
  module: string
  options: Map<string, string>
}

/** Where a JAAS value becomes invalid, for the user: never the text itself. */
export class JaasError {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

/**
 * `sasl.jaas.config` as Kafka's JaasConfig reads it: Java's StreamTokenizer, exactly one login module, `name=value` pairs, a
 * semicolon. What Kafka refuses is refused, because a password read in another way is a wrong password.
 */
export function readJaas(text: string): Jaas | JaasError {
  const entries = readEntries(new Tokens(text))
  if (entries instanceof JaasError) return entries
  if (entries.length === 1) return entries[0]! // its length is 1, as checked
  return new JaasError(entries.length === 0 ? 'It names no login module.' : 'It names more than one login module.')
}

/** A login file: `KafkaClient { Module required …; };`, each block being a section of its own. null: not of that form. */
export function readJaasFile(text: string): Read | null {
  if (
    !/^\s*(?:(?:\/\/|#)[^\n]*\n\s*)*[\w.-]{1,100}\s*\{\s*[\w.$]+\s+(?:required|requisite|sufficient|optional)\b/i.test(
      text,
    )
  )
    return null
  const tokens = new Tokens(text)
  const lineAt = lineCounter(text)
  const blocks: { name: string; line: number; body: string }[] = []
  for (let token = tokens.next(); token.kind !== 'end'; token = tokens.next()) {
    if (token.kind === 'sign' && token.text === ';') continue
    if (token.kind !== 'word') break
    const line = lineAt(tokens.at)
    const open = tokens.next()
    if (open.kind !== 'sign' || open.text !== '{') break
    const from = tokens.at
    let to = from
    for (let inner = tokens.next(); inner.kind !== 'end'; inner = tokens.next()) {
      if (inner.kind === 'sign' && inner.text === '}') break
      to = tokens.at
    }
    blocks.push({ name: token.text, line, body: text.slice(from, to).trim() })
  }
  const clients = blocks.filter((block) => block.name === 'KafkaClient')
  // Without a KafkaClient block, a single block may have the name that a listener or a tool gave it.
  const several = blocks.length > 1
  return readOf(
    (clients.length > 0 ? clients : blocks).map(({ name, line, body }) => ({
      path: several ? [name, 'sasl.jaas.config'] : ['sasl.jaas.config'],
      value: body,
      line,
    })),
  )
}

function readEntries(tokens: Tokens): Jaas[] | JaasError {
  const entries: Jaas[] = []
  for (let token = tokens.next(); token.kind !== 'end'; token = tokens.next()) {
    if (token.kind !== 'word') return new JaasError('It does not begin with the name of a login module.')
    const flag = tokens.next()
    if (flag.kind !== 'word' || !/^(?:required|requisite|sufficient|optional)$/i.test(flag.text)) {
      return new JaasError('"required" does not follow the login module’s name.')
    }
    const options = new Map<string, string>()
    let last = ''
    let key = tokens.next()
    for (; key.kind !== 'end' && !(key.kind === 'sign' && key.text === ';'); key = tokens.next()) {
      const name = key.kind === 'word' ? key.text : ''
      const behind = last === '' ? 'the first option' : `"${shown(last)}"`
      const equals = tokens.next()
      if (name === '' || equals.kind !== 'sign' || equals.text !== '=') {
        return new JaasError(
          `At or after ${behind} there is something other than name="value": Kafka refuses it. A quotation mark inside a value is written \\".`,
        )
      }
      const value = tokens.next()
      if (value.kind !== 'word') {
        return new JaasError(
          `The value of "${shown(name)}" has to stand in quotation marks: Kafka refuses it as it is.`,
        )
      }
      options.set(name, value.text)
      last = name
    }
    if (key.kind === 'end') return new JaasError('The semicolon at its end is missing: Kafka refuses it.')
    entries.push({ module: token.text, options })
  }
  return entries
}

/** Only names that are known options; anything else may be part of a secret. */
function shown(name: string): string {
  return /^(?:username|password|tokenauth|serviceName|useKeyTab|storeKey|keyTab|principal|clientId|clientSecret|scope)$/.test(
    name,
  )
    ? name
    : '…'
}

type Token = { kind: 'word' | 'sign'; text: string } | { kind: 'end' }

/** java.io.StreamTokenizer as Kafka configures it; numbers are treated as punctuation, because Kafka accepts none. */
class Tokens {
  at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  next(): Token {
    this.#skip()
    const first = this.#text[this.at]
    if (first === undefined) return { kind: 'end' }
    if (first === '"' || first === "'") return { kind: 'word', text: this.#quoted(first) }
    const isNumber = /[0-9.-]/.test(first)
    if (isNumber || isWord(first)) {
      const from = this.at
      // Java ends a number at its last digit; the difference shows only in what is refused anyway.
      while (this.at < this.#text.length && goesOn(this.#text[this.at] ?? '', isNumber)) this.at += 1
      const text = this.#text.slice(from, this.at)
      return { kind: isNumber ? 'sign' : 'word', text }
    }
    this.at += 1
    return { kind: 'sign', text: first }
  }

  #skip(): void {
    const text = this.#text
    for (;;) {
      while (this.at < text.length && text.charCodeAt(this.at) <= 32) this.at += 1
      if (text[this.at] !== '/') return
      if (text[this.at + 1] === '*') {
        const end = text.indexOf('*/', this.at + 2)
        this.at = end < 0 ? text.length : end + 2
      } else {
        // A single slash begins a comment too.
        const end = text.indexOf('\n', this.at)
        this.at = end < 0 ? text.length : end + 1
      }
    }
  }

  #quoted(quote: string): string {
    const text = this.#text
    const pieces: string[] = []
    for (this.at += 1; this.at < text.length; this.at += 1) {
      const c = text[this.at] ?? ''
      if (c === quote) {
        this.at += 1
        break
      }
      if (c === '\n' || c === '\r') break
      if (c !== '\\') pieces.push(c)
      else {
        const octal = /^(?:[0-3][0-7]{0,2}|[4-7][0-7]?)/.exec(text.slice(this.at + 1, this.at + 4))?.[0]
        if (octal !== undefined) {
          pieces.push(String.fromCharCode(Number.parseInt(octal, 8)))
          this.at += octal.length
        } else {
          this.at += 1
          const letter = text[this.at] ?? ''
          pieces.push(escapes[letter] ?? letter)
        }
      }
    }
    return pieces.join('')
  }
}

const escapes: Record<string, string> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function isWord(c: string): boolean {
  return /[A-Za-z_$-]/.test(c) || c.charCodeAt(0) >= 160
}

function goesOn(c: string, isNumber: boolean): boolean {
  return /[0-9.-]/.test(c) || (!isNumber && isWord(c))
}
