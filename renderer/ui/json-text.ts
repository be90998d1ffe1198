export type IndentedJson = { ok: true; text: string } | { ok: false; message: string }

/**
 * Indents JSON by its tokens. Parsing and printing would round 64-bit numbers, merge duplicate keys and rewrite
 * escapes: what is shown must be what was sent. JSON.parse is only asked whether it is JSON at all.
 */
export function indentJson(text: string): IndentedJson {
  try {
    JSON.parse(text)
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
  const out: string[] = []
  let depth = 0
  const newline = () => out.push('\n', '  '.repeat(depth))
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g
  let before = ''
  for (const [token] of text.matchAll(tokens)) {
    if (token === '}' || token === ']') {
      depth--
      if (before !== '{' && before !== '[') newline()
      out.push(token)
    } else {
      if (before === '{' || before === '[' || before === ',') newline()
      if (token === '{' || token === '[') depth++
      out.push(token === ':' ? ': ' : token)
    }
    before = token
  }
  return { ok: true, text: out.join('') }
}
