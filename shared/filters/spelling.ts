import type { ValuePath } from '../model/row-field.ts'

/** How values and paths are written in an expression. */

/** CEL's keywords, and words it reserves. */
const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while __proto__ prototype'.split(
    ' ',
  ),
)

/** `value.customer["first name"]`. */
export function spelledPath(root: string, path: ValuePath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return /^[a-z_]\w*$/i.test(step) && !reserved.has(step) ? `${text}.${step}` : `${text}[${spelledText(step)}]`
  }, root)
}

export function spelledText(text: string): string {
  let inner = ''
  for (const char of text) {
    const code = char.codePointAt(0)! // a string of one character
    inner += escapes[char] ?? (code < 0x20 || code === 0x7f ? `\\x${code.toString(16).padStart(2, '0')}` : char)
  }
  return `"${inner}"`
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

export function spelledBytes(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += `\\x${byte.toString(16).padStart(2, '0')}`
  return `b"${text}"`
}

/** Always with a point or exponent, so that a double is not mistaken for an int. */
export function spelledDouble(value: number): string {
  if (!Number.isFinite(value)) return `double(${spelledText(String(value))})`
  const text = String(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text.replace(/^(-?\d+)e/, '$1.0e')
}
