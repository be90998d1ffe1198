/** Settings as pasted, in the order given; a later one of the same key has the last word, as in Java and librdkafka. */
export type Pairs = { key: string; value: string }[]

/** Keys that only librdkafka knows. Its files have no escapes, so `C:\certs` means itself; in Java's it would not. */
const librdkafkaOnly =
  /^[ \t]*(metadata\.broker\.list|sasl\.mechanisms|sasl\.username|sasl\.password|ssl\.ca\.(location|pem)|ssl\.certificate\.(location|pem)|ssl\.key\.(location|pem)|enable\.ssl\.certificate\.verification)[ \t]*=/m

/** Reads a `client.properties`, librdkafka settings, a JSON object, or a kcat command line. */
export function readSettingsText(text: string): Pairs {
  const bare = text.replace(/^\uFEFF/, '')
  return (
    readJson(bare) ?? readCommandLine(bare) ?? (librdkafkaOnly.test(bare) ? readPlainLines(bare) : readProperties(bare))
  )
}

/** java.util.Properties' format: comments, continuation lines, escapes, `=`, `:` or white space between key and value. */
export function readProperties(text: string): Pairs {
  const pairs: Pairs = []
  const lines = text.split(/\r\n|\r|\n/)
  for (let i = 0; i < lines.length; i += 1) {
    let line = trimStart(lines[i] ?? '')
    if (line === '' || line.startsWith('#') || line.startsWith('!')) continue
    while (continues(line)) {
      i += 1
      line = line.slice(0, -1) + trimStart(lines[i] ?? '')
      if (i >= lines.length) break
    }
    const match = /^((?:\\[^]|[^\\=: \t\f])*)[ \t\f]*(?:[=:][ \t\f]*)?([^]*)$/.exec(line)
    // Kafka trims every value, secrets too.
    if (match !== null) pairs.push({ key: unescape(match[1] ?? ''), value: unescape(match[2] ?? '').trim() })
  }
  return pairs
}

/** Java's login configuration: `Module required name="value" …;`, as `sasl.jaas.config` or in a `KafkaClient { … }` block. */
export function readJaas(text: string): { module: string; options: Map<string, string> } | null {
  const body = /^\s*[\w.]+\s*\{([^]*)\}\s*;?\s*$/.exec(text)?.[1] ?? text
  const head = /^\s*([\w.$]+)\s+(?:required|requisite|sufficient|optional)\b/i.exec(body)
  if (head === null) return null
  const options = new Map<string, string>()
  const option = /\s*([\w.-]+)\s*=\s*(?:"((?:\\[^]|[^"\\])*)"|'((?:\\[^]|[^'\\])*)'|([^\s;"']+))/y
  option.lastIndex = head[0].length
  for (let match = option.exec(body); match !== null; match = option.exec(body)) {
    const quoted = match[2] ?? match[3]
    options.set(match[1] ?? '', quoted === undefined ? (match[4] ?? '') : unescape(quoted))
  }
  return { module: head[1] ?? '', options }
}

function readPlainLines(text: string): Pairs {
  const pairs: Pairs = []
  for (const raw of text.split(/\r\n|\r|\n/)) {
    const line = raw.trim()
    if (line !== '' && !line.startsWith('#')) addPair(pairs, line)
  }
  return pairs
}

function readJson(text: string): Pairs | null {
  if (!text.trimStart().startsWith('{')) return null
  let object: unknown
  try {
    object = JSON.parse(text)
  } catch {
    return null
  }
  const pairs: Pairs = []
  for (const [key, value] of Object.entries(object ?? {})) {
    if (Array.isArray(value)) pairs.push({ key, value: value.join(',') })
    else if (typeof value === 'object' && value !== null) pairs.push(...readJsonBelow(value))
    else pairs.push({ key, value: String(value ?? '') })
  }
  return pairs
}

// Applications often keep Kafka's settings one level down, beside their own.
function readJsonBelow(object: object): Pairs {
  return Object.entries(object)
    .filter(([, value]) => typeof value !== 'object')
    .map(([key, value]) => ({ key, value: String(value) }))
}

/** `kcat -b host -X key=value …`, or only its `-X` lines. */
function readCommandLine(text: string): Pairs | null {
  const first =
    text
      .split('\n')
      .find((line) => line.trim() !== '' && !line.trim().startsWith('#'))
      ?.trim() ?? ''
  if (!/^(\$ )?(\S*\/)?(kcat|kafkacat)\b|^-X|^-b\b/.test(first)) return null
  const words = shellWords(text)
  const pairs: Pairs = []
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? ''
    const flag = /^-([Xb])([^]*)$/.exec(word)
    if (flag === null) continue
    let value = flag[2] ?? ''
    if (value === '') {
      i += 1
      value = words[i] ?? ''
    }
    if (flag[1] === 'b') pairs.push({ key: 'metadata.broker.list', value })
    else addPair(pairs, value)
  }
  return pairs
}

function addPair(pairs: Pairs, text: string): void {
  const at = text.indexOf('=')
  if (at < 0) pairs.push({ key: text, value: '' })
  else pairs.push({ key: text.slice(0, at).trim(), value: text.slice(at + 1).trim() })
}

function shellWords(text: string): string[] {
  const words: string[] = []
  const piece = /\\\r?\n|\\([^])|'([^']*)'|"((?:\\[^]|[^"\\])*)"|(\s+)|([^\s\\'"]+)/gy
  let word: string | null = null
  for (const match of text.matchAll(piece)) {
    const [, escaped, single, double, space, plain] = match
    if (space !== undefined) {
      if (word !== null) words.push(word)
      word = null
    } else {
      const part = escaped ?? single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? plain
      if (part !== undefined) word = (word ?? '') + part
    }
  }
  if (word !== null) words.push(word)
  return words
}

function continues(line: string): boolean {
  const backslashes = /\\*$/.exec(line)?.[0].length ?? 0
  return backslashes % 2 === 1
}

function trimStart(line: string): string {
  return line.replace(/^[ \t\f]+/, '')
}

const letters: Record<string, string> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|([^]))/g, (_all, hex: string | undefined, letter: string | undefined) =>
    hex === undefined ? (letters[letter ?? ''] ?? letter ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
