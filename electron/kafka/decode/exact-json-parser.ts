/**
 * Parses JSON to nodes with their positions, exact in every digit. JSON.parse has no positions, rounds numbers, and keeps only
 * the last of two members with the same name; libraries with positions overflow the stack on deeply nested values. It is a few
 * times slower than JSON.parse, so it is used for single values that are viewed or edited, not for rows.
 */
export type JsonNode = { at: number; end: number } & (
  | { kind: 'null' }
  | { kind: 'boolean'; value: boolean }
  /** As it is written. */
  | { kind: 'number'; digits: string }
  | { kind: 'text'; value: string }
  | { kind: 'list'; items: JsonNode[] }
  /** Names may repeat. */
  | { kind: 'object'; members: JsonMember[] }
)

export interface JsonMember {
  name: string
  /** Where the name starts. */
  at: number
  value: JsonNode
}

export type PathStep = string | number

/** A text is not JSON: why, and at which character. */
export class JsonProblem extends Error {
  override readonly name = 'JsonProblem'
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

/** Throws `JsonProblem`. Not recursive: code that walks the nodes limits the levels. */
export function parseJson(text: string): JsonNode {
  return new Parser(text).whole()
}

/** The character at which the value of a path starts, or the deepest value on the way to it. */
export function placeOf(root: JsonNode, path: readonly PathStep[]): number {
  let node = root
  for (const step of path) {
    let next: JsonNode | undefined
    if (node.kind === 'list' && typeof step === 'number') next = node.items[step]
    else if (node.kind === 'object') next = node.members.findLast(({ name }) => name === String(step))?.value
    if (next === undefined) break
    node = next
  }
  return node.at
}

/** A path as text: `lines[3].sku`, and `["a name.with dots"]` where a name is more than a word. */
export function pathText(path: readonly PathStep[]): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${JSON.stringify(step)}]`
  }
  return text
}

type Open = Extract<JsonNode, { kind: 'list' | 'object' }>

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  whole(): JsonNode {
    const open: Open[] = []
    for (;;) {
      let node = this.#begin()
      if ((node.kind === 'list' || node.kind === 'object') && !this.#closes(node)) {
        open.push(node)
        if (node.kind === 'object') this.#name(node)
        continue
      }
      // Puts the value into the open container, and closes all containers that end with it.
      for (;;) {
        const parent = open.at(-1)
        this.#space()
        if (parent === undefined) {
          if (this.#at < this.#text.length) this.#fail('After the value more follows')
          return node
        }
        if (parent.kind === 'list') parent.items.push(node)
        else parent.members.at(-1)!.value = node // a member is pushed when its name is read, before its value
        if (this.#text[this.#at] === ',') {
          this.#at += 1
          if (parent.kind === 'object') this.#name(parent)
          break
        }
        if (!this.#closes(parent)) this.#fail(`Here "," or "${parent.kind === 'list' ? ']' : '}'}" is missing`)
        open.pop()
        node = parent
      }
    }
  }

  /** A whole value, or the start of a list or an object. */
  #begin(): JsonNode {
    this.#space()
    const at = this.#at
    const text = this.#text
    switch (text[at]) {
      case '{':
        this.#at += 1
        return { kind: 'object', at, end: at, members: [] }
      case '[':
        this.#at += 1
        return { kind: 'list', at, end: at, items: [] }
      case '"': {
        const value = this.#string()
        return { kind: 'text', at, end: this.#at, value }
      }
      default:
        return this.#scalar(at)
    }
  }

  #scalar(at: number): JsonNode {
    const text = this.#text
    scalar.lastIndex = at
    const found = scalar.exec(text)?.[0]
    if (found === undefined) return this.#fail(at < text.length ? 'Here no value begins' : 'The text ends before its value does') // oxfmt-ignore
    const end = (this.#at = at + found.length)
    if (found === 'null') return { kind: 'null', at, end }
    if (found === 'true' || found === 'false') return { kind: 'boolean', at, end, value: found === 'true' }
    return { kind: 'number', at, end, digits: found }
  }

  #closes(node: Open): boolean {
    this.#space()
    if (this.#text[this.#at] !== (node.kind === 'list' ? ']' : '}')) return false
    node.end = this.#at += 1
    return true
  }

  /** A member's name and its colon; its value follows. */
  #name({ members }: { members: JsonMember[] }): void {
    this.#space()
    const at = this.#at
    if (this.#text[at] !== '"') this.#fail(at < this.#text.length ? 'Here a name in quotes is missing' : 'The text ends before its value does') // oxfmt-ignore
    const name = this.#string()
    this.#space()
    if (this.#text[this.#at] !== ':') this.#fail('Here ":" is missing')
    this.#at += 1
    members.push({ name, at, value: none })
  }

  #string(): string {
    const text = this.#text
    const start = this.#at
    const end = closingOf(text, start)
    if (end >= text.length) this.#fail('A text that begins here does not end')
    this.#at = end + 1
    const value = text.slice(start + 1, end)
    if (text[end] === '"' && !value.includes('\\')) return value
    try {
      return JSON.parse(text.slice(start, end + 1)) as string
    } catch {
      this.#at = start
      return this.#fail('This text has a character or an escape that JSON does not know')
    }
  }

  #space(): void {
    while (spaces.has(this.#text.charCodeAt(this.#at))) this.#at += 1
  }

  #fail(message: string): never {
    throw new JsonProblem(message, this.#at)
  }
}

const none: JsonNode = { kind: 'null', at: 0, end: 0 }
const spaces = new Set([0x20, 0x09, 0x0a, 0x0d])
const scalar = /null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// oxlint-disable-next-line no-control-regex -- JSON allows no control character in a text
const plain = /[^"\\\u0000-\u001f]*/y

/** The same JSON without white space between its parts; everything else stays as written. The text must be valid JSON. */
export function compactJson(text: string): string {
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') at = closingOf(text, at)
    else if (spaces.has(text.charCodeAt(at))) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  return parts.join('') + text.slice(from)
}

/** Where the quotes that open here close, or where a character is that strings may not contain, or where the text ends. */
function closingOf(text: string, open: number): number {
  for (let at = open + 1; ; at += 2) {
    plain.lastIndex = at
    plain.test(text)
    at = plain.lastIndex
    if (text[at] !== '\\') return at
  }
}
