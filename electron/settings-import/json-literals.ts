import { lineCounter, readOf, unreadableSetting, type Read, type Setting } from './setting.ts'

/**
 * JSON, and the object literals of programs: JavaScript, Python, C#. Nothing is executed: a value that a program computes is
 * marked as such. Duplicate keys, of which JSON.parse would keep one, are all returned.
 */
export function readLiterals(text: string): Read {
  const reader = new Literals(text)
  const entries = reader.entries(undefined, 0)
  const settings: Setting[] = []
  flatten(entries, [], settings)
  return readOf(settings)
}

/** Whether a text looks like JSON or a program's literals; a cheap test before parsing. */
export function looksLikeLiterals(text: string): boolean {
  const bare = text.replace(/^(?:\s+|\/\/[^\n]*\n|#[^\n]*\n|\/\*[^]*?\*\/)*/, '')
  if (/^(?:\{(?![{%])|\[\s*(?:["'{]|$))/.test(bare)) return true
  return bare.split('\n', 400).some((line) => {
    const start = line.slice(0, 300).trim()
    return beginnings.some((pattern) => pattern.test(start))
  })
}

/** How a line of a program begins that names a literal; `sasl.password={x}` does not match. */
const beginnings = [
  // `const conf: Config = {`, `conf = dict(`, `x = new Kafka({`
  /^(?:export\s+(?:default\s+)?)?(?:(?:const|let|var)\s+)?[A-Za-z_]\w*(?:\s*:\s*[\w.<>, ]+)?\s*=\s*(?:await\s+|new\s+)*(?:[A-Za-z_][\w.]*\s*)?(?:[{(]\s*(?:$|[{["'*]|\.\.\.|[\w.]+\s*[:=]|\w+\s*[,)])|\[\s*["'{])/,
  // C# opens its braces on the next line.
  /=\s*new\s+[A-Z][\w.]*(?:\(\))?\s*$/,
  /^(?:export default|module\.exports\s*=|return)\s*[({]/,
  /^(?:new\s+|await\s+)*[A-Z]\w*(?:\.\w+)*\s*\(\s*(?:$|[{'"\w])/,
  // A part of an object: `'sasl.username': 'x',`, `brokers: ['k:1'],`
  /^(["'])[\w.-]+\1\s*:.*[,{[]$/,
  /^[a-z]\w*\s*:\s*(?:["'[{].*|true|false),$/i,
]

type Node =
  | { kind: 'text'; text: string; line: number }
  | { kind: 'group'; entries: Entry[]; isList: boolean }
  /** Only the program knows the value. `name`: a constant's last word, such as C#'s `SaslMechanism.Plain`. */
  | { kind: 'computed'; shown: string; line: number; name?: string; file?: string; fallback?: string }
  | { kind: 'nothing' }
interface Entry {
  key: string | undefined
  value: Node
}

const mostDepth = 64
const closers: Record<string, string> = { '{': '}', '[': ']', '(': ')' }

class Literals {
  #at = 0
  /** Characters searched in vain for closing quotes: in a hostile text each could cost a search of the whole. */
  #vain = 0
  readonly #text: string
  readonly #lineAt: (at: number) => number

  constructor(text: string) {
    this.#text = text
    this.#lineAt = lineCounter(text)
  }

  entries(closer: string | undefined, depth: number): Entry[] {
    if (depth > mostDepth)
      throw unreadableSetting('The text is nested too deep to be settings.', 'Paste the part about Kafka.')
    const out: Entry[] = []
    for (;;) {
      this.#skip()
      const c = this.#text[this.#at]
      if (c === undefined) return out
      if (c === closer) {
        this.#at += 1
        return out
      }
      if (/[,;)}\]]/.test(c)) {
        this.#at += 1
        continue
      }
      const before = this.#at
      const key = this.#key()
      const value = this.#value(depth)
      if (value.kind !== 'nothing') out.push({ key, value })
      // Whatever this is, it is not an entry: continue after it.
      if (this.#at === before) this.#at += 1
    }
  }

  /** A name followed by `:` or `=`; the position stays if there is none. */
  #key(): string | undefined {
    const from = this.#at
    const c = this.#text[from] ?? ''
    let key: string | undefined
    if (isQuote(c)) key = this.#string()?.text
    else {
      for (let word = this.#word(); word !== ''; word = this.#word()) {
        key = word
        this.#skip()
      }
      if (this.#text[this.#at] === '[') {
        // `config["bootstrap.servers"] = …`
        const inside = /\[\s*(["'])([^"'\n]{1,200})\1\s*\]/y
        inside.lastIndex = this.#at
        const match = inside.exec(this.#text)
        if (match !== null) {
          key = match[2]
          this.#at += match[0].length
        }
      }
    }
    this.#skip()
    const sign = this.#text[this.#at]
    const next = this.#text[this.#at + 1]
    if (key !== undefined && sign === ':' && next !== ':') {
      this.#at += 1
      this.#typeAnnotation()
      return key
    }
    if (key !== undefined && sign === '=' && next !== '=' && next !== '>') {
      this.#at += 1
      return key
    }
    this.#at = from
    return undefined
  }

  /** `const config: KafkaConfig = {…}`. */
  #typeAnnotation(): void {
    const type = /\s*[A-Za-z_][\w.<>, ]{0,80}=\s*(?=[{[(A-Za-z])/y
    type.lastIndex = this.#at
    const match = type.exec(this.#text)
    if (match !== null && !match[0].includes('\n')) this.#at += match[0].length
  }

  #value(depth: number): Node {
    this.#skip()
    const first = this.#primary(depth)
    return this.#behind(first, depth)
  }

  #primary(depth: number): Node {
    const line = this.#lineAt(this.#at)
    const c = this.#text[this.#at] ?? ''
    if (isQuote(c)) {
      const read = this.#string()
      if (read === undefined) return { kind: 'nothing' }
      return read.hole === undefined ? { kind: 'text', text: read.text, line } : computed(read.hole, line)
    }
    const closer = closers[c]
    if (closer !== undefined) {
      this.#at += 1
      return { kind: 'group', entries: this.entries(closer, depth + 1), isList: c === '[' }
    }
    number.lastIndex = this.#at
    const digits = number.exec(this.#text)?.[0]
    if (digits !== undefined) {
      this.#at += digits.length
      return { kind: 'text', text: digits, line }
    }
    const words: string[] = []
    for (let word = this.#word(); word !== ''; word = this.#word()) {
      words.push(word)
      this.#skip(false)
      if (!/^(?:new|await|const|let|var|export|default|return|async|static|public|private|readonly)$/.test(word)) break
    }
    const word = words.at(-1) ?? ''
    if (word === '') return { kind: 'nothing' }
    if (/^(?:r|b|u|f|rb|br)$/i.test(word) && isQuote(this.#text[this.#at] ?? '')) {
      const read = this.#string()
      const hole = /f/i.test(word) && read?.text.includes('{') === true ? '{…}' : read?.hole
      return hole === undefined ? { kind: 'text', text: read?.text ?? '', line } : computed(hole, line)
    }
    // C# opens the braces of `new Config` on the next line.
    if (words[0] === 'new' && /^\s*\{/.test(this.#text.slice(this.#at, this.#at + 200))) this.#skip()
    if (/^(?:true|false)$/i.test(word)) return { kind: 'text', text: word.toLowerCase(), line }
    if (/^(?:null|none|undefined|nil)$/i.test(word)) return { kind: 'nothing' }
    const opened = this.#text[this.#at]
    if (opened === '(' || opened === '{') return this.#called(word, line, depth)
    const variable = this.#environment(word)
    if (variable !== undefined) return computed(variable, line)
    const last = word.slice(word.lastIndexOf('.') + 1)
    return { ...computed(isPlainName(word) ? word : '…', line), name: last }
  }

  /** `new Kafka({…})`, `dict(a=1)`, `fs.readFileSync('ca.pem')`, `os.getenv('X')`, `new Config { A = 1 }`. */
  #called(word: string, line: number, depth: number): Node {
    const groups: Node[] = []
    while (/[({]/.test(this.#text[this.#at] ?? ' ')) {
      const open = this.#text[this.#at] ?? ''
      this.#at += 1
      groups.push({ kind: 'group', entries: this.entries(closers[open], depth + 1), isList: false })
      this.#skip(false)
    }
    const all = groups.flatMap((group) => (group.kind === 'group' ? group.entries : []))
    const strings = all.flatMap(({ key, value }) => (key === undefined && value.kind === 'text' ? [value.text] : []))
    if (/(?:getenv|environ\.get|GetEnvironmentVariable|^env|\.env)$/i.test(word)) {
      return computed(environmentName(strings[0]), line)
    }
    if (/(?:readFileSync|readFile|read_text|ReadAllText|open|path\.join|path\.resolve|Path)$/.test(word)) {
      const nested = all.flatMap(({ value }) =>
        value.kind === 'computed' && value.file !== undefined ? [value.file] : [],
      )
      const file = nested[0] ?? (strings.length > 0 && !word.startsWith('path.') ? strings[0] : undefined)
      return { ...computed('…', line), ...(file === undefined ? {} : { file }) }
    }
    const holds = all.filter(({ key, value }) => key !== undefined || value.kind === 'group')
    if (holds.length > 0) return { kind: 'group', entries: holds, isList: holds.length > 1 && holds.every(({ key }) => key === undefined) } // oxfmt-ignore
    return computed('…', line)
  }

  #environment(word: string): string | undefined {
    const dotted = /(?:^|\.)env\.(\w{1,100})$/.exec(word)?.[1]
    if (dotted !== undefined) return environmentName(dotted)
    const index = /\[\s*["'](\w{1,100})["']\s*\]/y
    index.lastIndex = this.#at
    const match = /(?:environ|env)$/.test(word) ? index.exec(this.#text) : null
    if (match === null) return undefined
    this.#at += match[0].length
    return environmentName(match[1])
  }

  /** What follows a value up to its entry's end: nothing, text to be appended, or a computation. */
  #behind(first: Node, depth: number): Node {
    let value = first
    for (;;) {
      this.#skip(false)
      const c = this.#text[this.#at]
      if (c === undefined || /[,;)}\]\n\r]/.test(c)) return value
      const from = this.#at
      if (value.kind === 'text' && isQuote(c)) {
        const more = this.#string()
        if (more !== undefined) value = { ...value, text: value.text + more.text }
      } else if (value.kind === 'text' && c === '+') {
        this.#at += 1
        this.#skip()
        const more = this.#primary(depth)
        value = more.kind === 'text' ? { ...value, text: value.text + more.text } : computed(shownOf(more), value.line)
      } else if (closers[c] !== undefined) {
        this.#at += 1
        this.entries(closers[c], depth + 1)
        if (value.kind === 'text') value = computed('…', value.line)
      } else if (isQuote(c)) {
        this.#string()
      } else {
        // An operator or a method: only the program knows the result. `'a,b'.split(',')` is still its text.
        const split = /\.(?:split|trim|toString|strip)\b/y
        split.lastIndex = from
        const isSplit = split.exec(this.#text)
        if (isSplit !== null) {
          this.#at = split.lastIndex
          this.#skip(false)
          if (this.#text[this.#at] === '(') {
            this.#at += 1
            this.entries(')', depth + 1)
          }
          continue
        }
        const cast = /(?:as|satisfies)\s+\w+|!|\.(?=\s)/y
        cast.lastIndex = from
        const isCast = cast.exec(this.#text)
        this.#at = isCast === null ? from + 1 : cast.lastIndex
        if (isCast === null && value.kind === 'text') value = computed('…', value.line)
        if (isCast === null && value.kind === 'computed') value = withoutName(value)
      }
    }
  }

  #string(): { text: string; hole?: string } | undefined {
    const text = this.#text
    const quote = text[this.#at] ?? ''
    const triple = quote !== '`' && text.startsWith(quote.repeat(3), this.#at) ? quote.repeat(3) : undefined
    const end = triple ?? quote
    const pieces: string[] = []
    let hole: string | undefined
    let at = this.#at + end.length
    for (;;) {
      const c = text[at]
      if (c === undefined || (c === '\n' && triple === undefined && quote !== '`')) return this.#unclosed(at)
      if (text.startsWith(end, at)) break
      if (c === '\\') {
        const [piece, length] = escape(text, at)
        pieces.push(piece)
        at += length
      } else {
        if (quote === '`' && c === '$' && text[at + 1] === '{') {
          const inside = /^\$\{\s*(?:process\.)?env\.(\w+)\s*\}/.exec(text.slice(at, at + 200))?.[1]
          hole ??= inside === undefined ? '${…}' : environmentName(inside)
        }
        pieces.push(c)
        at += 1
      }
    }
    this.#at = at + end.length
    return { text: pieces.join(''), ...(hole === undefined ? {} : { hole }) }
  }

  #unclosed(at: number): undefined {
    this.#vain += at - this.#at
    if (this.#vain > 2_000_000) throw unreadableSetting('Quotation marks in the text do not close.', 'Paste it whole.')
    return undefined
  }

  #word(): string {
    name.lastIndex = this.#at
    const found = name.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  /** White space and comments; only within the line if a value may end at the line's end. */
  #skip(lines = true): void {
    const text = this.#text
    for (;;) {
      space.lastIndex = this.#at
      blank.lastIndex = this.#at
      this.#at += (lines ? space : blank).exec(text)?.[0].length ?? 0
      const two = text.slice(this.#at, this.#at + 2)
      if (two === '/*') {
        const end = text.indexOf('*/', this.#at)
        this.#at = end < 0 ? text.length : end + 2
      } else if (two === '//' || two[0] === '#') {
        const end = text.indexOf('\n', this.#at)
        this.#at = end < 0 ? text.length : end
        if (!lines) return
      } else return
    }
  }
}

const space = /\s*/y
const blank = /[^\S\r\n]*/y
const name = /[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)*/y
const number = /-?\d[\d_]*(?:\.\d+)?(?![\w.])/y

function isQuote(c: string): boolean {
  return c === '"' || c === "'" || c === '`'
}

function isPlainName(word: string): boolean {
  return /^[A-Za-z_][\w.]{0,60}$/.test(word)
}

function computed(shown: string, line: number): Extract<Node, { kind: 'computed' }> {
  return { kind: 'computed', shown, line }
}

function withoutName({ name: _, ...rest }: Extract<Node, { kind: 'computed' }>): Node {
  return rest
}

function shownOf(node: Node): string {
  return node.kind === 'computed' ? node.shown : '…'
}

function environmentName(name: string | undefined): string {
  return name !== undefined && /^[A-Za-z_]\w{0,100}$/.test(name) ? `\${${name}}` : '…'
}

const letters: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', 0: '\0' }

function escape(text: string, at: number): [piece: string, length: number] {
  const next = text[at + 1] ?? ''
  const hex = /^\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2}))/.exec(text.slice(at, at + 6))
  if (hex !== null) return [String.fromCharCode(Number.parseInt(hex[1] ?? hex[2] ?? '0', 16)), hex[0].length]
  if (next === '\n') return ['', 2]
  return [letters[next] ?? next, 2]
}

function flatten(entries: readonly Entry[], path: readonly string[], out: Setting[]): void {
  // A list of plain values is one value: mainly brokers.
  for (const [index, { key, value }] of entries.entries()) {
    if (value.kind === 'nothing') continue
    const here = key === undefined ? (value.kind === 'group' && entries.length === 1 ? path : [...path, String(index)]) : [...path, key] // oxfmt-ignore
    if (value.kind === 'text') {
      if (key !== undefined) out.push({ path: here, value: value.text, line: value.line })
    } else if (value.kind === 'computed') {
      if (key === undefined) continue
      const { shown, line, file, name: constant } = value
      const where = file === undefined ? { absent: shown } : { file }
      out.push({ path: here, value: constant ?? '', line, ...where })
    } else if (value.isList && value.entries.every((one) => one.key === undefined && one.value.kind !== 'group')) {
      const joined = listValue(value.entries)
      if (key !== undefined && joined !== undefined) out.push({ path: here, ...joined })
    } else flatten(value.entries, here, out)
  }
}

function listValue(entries: readonly Entry[]): Omit<Setting, 'path'> | undefined {
  const texts: string[] = []
  let line = 0
  for (const { value } of entries) {
    if (value.kind === 'nothing' || value.kind === 'group') continue
    line = line === 0 ? value.line : line
    if (value.kind === 'text') texts.push(value.text)
    else if (value.file !== undefined) return { value: '', line, file: value.file }
    else return { value: '', line, absent: value.shown }
  }
  return texts.length === 0 ? undefined : { value: texts.join(','), line }
}
