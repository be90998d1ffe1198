import { lineCounter } from './setting.ts'

export interface Word {
  text: string
  line: number
  /** A variable or command that the shell would expand here, and whose value is not in the text, as written. */
  absent?: string
}

/**
 * The simple commands of a script as words, as a POSIX shell splits them. null: quotes do not close, so this is not a script.
 */
// oxlint-disable-next-line max-lines-per-function -- a state machine over one text: split in two, each half would need all of its state
export function shellCommands(text: string): Word[][] | null {
  const lineAt = lineCounter(text)
  const commands: Word[][] = []
  const known = new Map<string, string>()
  let words: Word[] = []
  let word: { pieces: string[]; line: number; absent?: string } | null = null
  let at = 0

  const open = (): { pieces: string[]; line: number; absent?: string } => (word ??= { pieces: [], line: lineAt(at) })
  const endWord = (): void => {
    if (word !== null) {
      const { pieces, ...rest } = word
      words.push({ text: pieces.join(''), ...rest })
    }
    word = null
  }
  const endCommand = (): void => {
    endWord()
    if (words.length === 0) return
    commands.push(words)
    assigned(words, known)
    words = []
  }
  /** `$NAME`, `${NAME…}`, `$(…)` at `at`; returns its length, 0 if the dollar sign is literal. */
  const expand = (): number => {
    piece.lastIndex = at
    const match = piece.exec(text)
    if (match === null) return 0
    const [whole, plain, braced] = match
    const name = plain ?? braced
    const value = name === undefined ? undefined : known.get(name)
    // Event Hubs' user name is `$ConnectionString`, which is not meant as a variable.
    if (name === 'ConnectionString') open().pieces.push('$ConnectionString')
    else if (value !== undefined && whole.length <= (name ?? '').length + 3) open().pieces.push(value)
    else open().absent ??= name === undefined ? '$(…)' : `\${${name}}`
    return whole.length
  }

  while (at < text.length) {
    const c = text[at] ?? ''
    if (c === "'") {
      const end = text.indexOf("'", at + 1)
      if (end < 0) return null
      open().pieces.push(text.slice(at + 1, end))
      at = end + 1
    } else if (c === '"') {
      open()
      at += 1
      for (;;) {
        plainInQuotes.lastIndex = at
        const plain = plainInQuotes.exec(text)?.[0] ?? ''
        open().pieces.push(plain)
        at += plain.length
        const d = text[at]
        if (d === undefined) return null
        if (d === '"') break
        if (d === '\\') {
          const next = text[at + 1] ?? ''
          if (next !== '\n') open().pieces.push('"\\$`'.includes(next) ? next : `\\${next}`)
          at += 2
        } else {
          const length = expand()
          if (length === 0) open().pieces.push(d)
          at += Math.max(1, length)
        }
      }
      at += 1
    } else if ((c === '\\' || c === '^' || c === '`') && /^.[ \t]*\r?(?:\n|$)/.test(text.slice(at, at + 20))) {
      // A line continuation: POSIX's, cmd's, and PowerShell's.
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end + 1
      endWord()
    } else if (c === '\\') {
      open().pieces.push(text[at + 1] ?? '')
      at += 2
    } else if (c === '$' || c === '`') {
      const length = expand()
      if (length === 0) open().pieces.push(c)
      at += Math.max(1, length)
    } else if (c === '#' && word === null) {
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end
    } else if (c === '\n' || c === ';' || c === '|' || c === '&') {
      endCommand()
      at += 1
    } else if (/\s/.test(c)) {
      endWord()
      at += 1
    } else {
      // `<API_KEY>` is what documentation writes for a value, not a redirection.
      template.lastIndex = at
      const stands = c === '<' ? template.exec(text)?.[0] : undefined
      plainWord.lastIndex = at
      const plain = stands ?? plainWord.exec(text)?.[0] ?? c
      open().pieces.push(plain)
      at += plain.length
    }
  }
  endCommand()
  return commands
}

const piece =
  /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)[^}\n]{0,200}\}|\([^)\n]{0,500}\))|`[^`\n]{0,500}`/y
const plainInQuotes = /[^"\\$`]*/y
const plainWord = /[^\s'"\\^`$;|&<]+/y
const template = /<[A-Za-z][^<>\n]{0,80}>/y

/** `A=1` and `export A=1` apply to the commands that follow; `A=1 kcat …` does not apply to its own words. */
function assigned(words: Word[], known: Map<string, string>): void {
  const rest = words[0]?.text === 'export' ? words.slice(1) : words
  const pairs = rest.map((word) => ({ word, match: /^([A-Za-z_]\w*)=([^]*)$/.exec(word.text) }))
  if (pairs.some(({ match }) => match === null)) return
  for (const { word, match } of pairs) {
    if (word.absent === undefined && match !== null && known.size < 1_000) known.set(match[1] ?? '', match[2] ?? '')
  }
}
