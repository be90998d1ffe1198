import type { SeeklineError } from '#shared/errors.ts'
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, visit, type Document, type Node } from 'yaml'
import { readOf, unreadableSetting, type Read, type Setting } from './setting.ts'

/** Whether a text can only be YAML: keys and list items at its margin, and something that only YAML has. */
export function looksLikeYaml(text: string): boolean {
  let margin = Number.POSITIVE_INFINITY
  let isYaml = false
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !/^\s*#/.test(line))
  for (const line of lines) margin = Math.min(margin, line.length - line.trimStart().length)
  for (const line of lines) {
    const indent = line.length - line.trimStart().length
    const start = line.slice(indent, indent + 300)
    // A continued value in a properties file is indented too, but no line there opens a block.
    if (indent > margin) continue
    if (/^(?:---|\.\.\.|%YAML)/.test(start)) {
      isYaml = true
      continue
    }
    const key = /^(?:- |(?:"[^"]{1,200}"|'[^']{1,200}'|[^\s#:=,{}[\]"'][^:=]{0,200}?)\s*:(?=\s|$))/.exec(start)
    if (key === null) return false
    const value = start.slice(key[0].length).trim()
    const opensBlock = start.startsWith('- ') || value === '' || /^[|>&*]/.test(value)
    const isQuoted = /^["']/.test(value) && line.trimEnd().endsWith(value[0] ?? '')
    const isEnvironment = /^[A-Z][A-Z0-9_]*:/.test(start)
    if (opensBlock || isQuoted || isEnvironment) isYaml = true
    if (line.endsWith('\\')) return false
  }
  return isYaml
}

const mostLines = 20_000
const mostDocuments = 500
/** The limit on nodes, aliases included: a handful of bytes can stand for billions of them. */
const mostNodes = 50_000

/** Every document's scalars with their paths. Values stay text: `0123` and `no` may be passwords. */
// oxlint-disable-next-line max-lines-per-function -- one pass over the parser's tree, with a case per kind of node
export function readYaml(text: string): Read {
  // Far beyond any configuration, and the parser would take seconds.
  if (countOf(text, '\n') > mostLines || countOf(text, '\n---') > mostDocuments || countOf(text, ',') > mostLines)
    throw tooMuch()
  const lines = new LineCounter()
  let documents: Document.Parsed[]
  try {
    documents = [...parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false, schema: 'failsafe', merge: true })] as Document.Parsed[] // oxfmt-ignore
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw unreadableSetting('The YAML is nested too deep to be settings.', 'Paste the part about Kafka.')
  }
  const broken = documents.flatMap(({ errors }) => errors)[0]
  if (broken !== undefined) {
    // The parser's own message quotes the text, which may hold a secret.
    const { line } = lines.linePos(broken.pos[0])
    throw unreadableSetting(
      `The text looks like YAML, and breaks off at line ${line}.`,
      'Paste it whole, with its indentation.',
    )
  }
  const filled = documents.filter((document) => document.contents !== null)
  const out: Setting[] = []
  let left = mostNodes
  for (const [index, document] of filled.entries()) {
    const path = filled.length > 1 ? [`document ${index + 1}`] : []
    walk(document.contents, path, 0, anchorsOf(document))
  }
  return readOf(out)

  function walk(node: Node | null | undefined, path: readonly string[], depth: number, anchors: Anchors): void {
    left -= 1
    if (left < 0) throw tooMuch()
    if (depth > 64)
      throw unreadableSetting('The YAML is nested too deep to be settings.', 'Paste the part about Kafka.')
    if (isAlias(node)) walk(anchors.get(node.source), path, depth + 1, anchors)
    else if (isMap(node)) {
      const given = new Set(node.items.map(({ key }) => textOf(key)))
      for (const { key, value } of node.items) {
        const name = textOf(key)
        if (name === '<<') walkMerged(value as Node | null, path, depth, anchors, given)
        else if (name !== undefined) walk(value as Node | null, [...path, name], depth + 1, anchors)
      }
    } else if (isSeq(node)) {
      const texts = node.items.map(textOf)
      if (texts.length > 0 && texts.every((item) => item !== undefined)) {
        const pairs = texts.map((item) => /^([A-Za-z_][\w.-]*)=([^]*)$/.exec(item))
        if (pairs.every((match) => match !== null)) {
          for (const match of pairs) add([...path, match[1] ?? ''], match[2] ?? '', node)
        } else add(path, texts.join(','), node)
      } else {
        for (const [index, item] of node.items.entries()) {
          // Kubernetes writes a variable as `{name, value}`.
          const name = isMap(item) ? textOf(item.get('name', true)) : undefined
          const value = isMap(item) ? textOf(item.get('value', true)) : undefined
          if (name !== undefined && isMap(item) && value !== undefined) add([...path, name], value, item)
          else if (name !== undefined && isMap(item) && item.has('valueFrom'))
            add([...path, name], '', item, 'valueFrom')
          else walk(item as Node, [...path, String(index)], depth + 1, anchors)
        }
      }
    } else {
      const text = textOf(node)
      if (text !== undefined && node != null) add(path, text, node)
    }
  }

  /** `<<: *common`: entries of the map itself take precedence. */
  function walkMerged(
    value: Node | null,
    path: readonly string[],
    depth: number,
    anchors: Anchors,
    given: ReadonlySet<string | undefined>,
  ): void {
    // oxfmt-ignore
    const node = isAlias(value) ? anchors.get(value.source) : value
    for (const map of isSeq(node) ? node.items : [node]) {
      const source = isAlias(map) ? anchors.get(map.source) : map
      if (!isMap(source)) continue
      for (const pair of source.items) {
        const name = textOf(pair.key)
        if (name !== undefined && !given.has(name)) walk(pair.value as Node | null, [...path, name], depth + 1, anchors)
      }
    }
  }

  function add(path: readonly string[], value: string, node: Node, absent?: string): void {
    const line = node.range == null ? 1 : lines.linePos(node.range[0]).line
    out.push({ path, value: value.trim(), line, ...(absent === undefined ? {} : { absent }) })
  }
}

function tooMuch(): SeeklineError {
  return unreadableSetting('The YAML holds too much to be settings.', 'Paste the part about Kafka.')
}

function countOf(text: string, piece: string): number {
  let count = 0
  for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + 1)) count += 1
  return count
}

type Anchors = ReadonlyMap<string, Node>

/** By name, in one pass: looking up each alias in the library walks the whole document each time. */
function anchorsOf(document: Document.Parsed): Anchors {
  const anchors = new Map<string, Node>()
  visit(document, {
    Node: (_, node) => {
      if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node)
    },
  })
  return anchors
}

function textOf(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined
  if (typeof node.value === 'symbol') return '<<'
  // The failsafe schema has only text scalars.
  return typeof node.value === 'string' ? node.value : ''
}
