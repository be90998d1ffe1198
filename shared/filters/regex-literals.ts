/** Longer patterns, or ones with many alternatives, are not analysed. */
const MOST_ALTERNATIVES = 8

/**
 * Texts of which every match contains at least one; null: none are known. Reads RE2's syntax only as far as needed, and gives
 * up at anything unknown. The pattern is valid.
 */
export function literalsOf(pattern: string): string[] | null {
  // A flag may change what letters mean; \Q quotes.
  if (/\(\?[a-zA-Z]*[imsU-]|\\[QEpPC]/.test(pattern.replace(/\(\?P?<[^>]*>/g, '('))) return null
  const reader = new Reader(pattern)
  const found = reader.alternatives()
  return reader.isAtEnd ? found : null
}

class Reader {
  readonly #pattern: string
  #at = 0

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  get isAtEnd(): boolean {
    return this.#at === this.#pattern.length
  }

  /** Up to the end, or to the closing parenthesis. */
  alternatives(): string[] | null {
    let all: string[] | null = []
    for (;;) {
      const one = this.#sequence()
      all = all === null || one === null || all.length + one.length > MOST_ALTERNATIVES ? null : [...all, ...one]
      if (this.#pattern[this.#at] !== '|') return all
      this.#at += 1
    }
  }

  /** The best literal that any of its parts requires. */
  #sequence(): string[] | null {
    let best: string[] | null = null
    let run = ''
    const end = (texts: string[] | null): void => {
      if (texts !== null && !texts.includes('') && (best === null || shortest(texts) > shortest(best))) best = texts
    }
    for (let char = this.#pattern[this.#at]; char !== undefined && char !== '|' && char !== ')'; char = this.#pattern[this.#at]) {
      const atom = this.#atom(char)
      const isRepeated = this.#quantifier()
      if (typeof atom === 'string' && isRepeated === null) {
        run += atom
        continue
      }
      if (isRepeated === 'once at least' && typeof atom === 'string') run += atom
      end([run])
      run = ''
      if (isRepeated !== 'or never' && typeof atom !== 'string') end(atom)
    } // oxfmt-ignore
    end([run])
    return best
  }

  /** A literal character; the texts that a group requires; null: nothing is known. */
  #atom(char: string): string | string[] | null {
    this.#at += 1
    if (char === '(') {
      const flags = /^\?(?::|P?<[^>]*>)/.exec(this.#pattern.slice(this.#at))
      if (flags !== null) this.#at += flags[0].length
      const inner = this.alternatives()
      this.#at += 1
      return inner
    }
    if (char === '[') {
      this.#class()
      return null
    }
    if (char === '.' || char === '^' || char === '$') return null
    if (char !== '\\') return this.#whole(char)
    const escaped = this.#pattern[this.#at] ?? ''
    this.#at += 1
    if (escaped === 'x') this.#at += this.#pattern[this.#at] === '{' ? this.#pattern.indexOf('}', this.#at) - this.#at + 1 : 2 // oxfmt-ignore
    return /[a-zA-Z0-9]/.test(escaped) ? null : this.#whole(escaped)
  }

  /** Both surrogates of a character beyond the first 65,536. */
  #whole(char: string): string {
    const next = this.#pattern[this.#at] ?? ''
    if (!/[\ud800-\udbff]/.test(char) || !/[\udc00-\udfff]/.test(next)) return char
    this.#at += 1
    return char + next
  }

  #class(): void {
    const pattern = this.#pattern
    if (pattern[this.#at] === '^') this.#at += 1
    if (pattern[this.#at] === ']') this.#at += 1
    while (this.#at < pattern.length && pattern[this.#at] !== ']') {
      if (pattern.startsWith('[:', this.#at)) this.#at = pattern.indexOf(':]', this.#at) + 1
      else if (pattern[this.#at] === '\\') this.#at += 1
      this.#at += 1
    }
    this.#at += 1
  }

  #quantifier(): 'or never' | 'once at least' | null {
    const found = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(this.#pattern.slice(this.#at))
    if (found === null) return null
    this.#at += found[0].length
    const least = found[1] ?? (found[0].startsWith('+') ? '1' : '0')
    return Number(least) === 0 ? 'or never' : 'once at least'
  }
}

function shortest(texts: readonly string[]): number {
  return Math.min(...texts.map(({ length }) => length))
}
