/** One element of DER, as far as needed to see what a file is before a library parses it. */
export interface Element {
  tag: number
  /** Of the content. */
  start: number
  end: number
}

export const SEQUENCE = 0x30
export const INTEGER = 0x02
export const OCTET_STRING = 0x04
export const OID = 0x06

/** null: there is none, or its length goes beyond the end. An indefinite length (BER) extends to the end. */
export function elementAt(bytes: Uint8Array, at: number, limit = bytes.length): Element | null {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined || at + 2 > limit) return null
  if (first === 0x80) return { tag, start: at + 2, end: limit }
  if (first < 0x80) return at + 2 + first <= limit ? { tag, start: at + 2, end: at + 2 + first } : null
  const width = first & 0x7f
  if (width > 4) return null
  let length = 0
  for (let i = 0; i < width; i += 1) length = length * 256 + (bytes[at + 2 + i] ?? 0)
  const start = at + 2 + width
  return start + length <= limit ? { tag, start, end: start + length } : null
}

/** The elements inside one, at most eight: nothing that is inspected here has more relevant ones. */
export function childrenOf(bytes: Uint8Array, parent: Element): Element[] {
  const out: Element[] = []
  for (let at = parent.start; at < parent.end && out.length < 8;) {
    const child = elementAt(bytes, at, parent.end)
    if (child === null) break
    out.push(child)
    at = child.end
  }
  return out
}

export function oidOf(bytes: Uint8Array, element: Element | undefined): string {
  return element?.tag === OID ? Buffer.from(bytes.subarray(element.start, element.end)).toString('hex') : ''
}

export function numberOf(bytes: Uint8Array, element: Element | undefined): number {
  if (element?.tag !== INTEGER) return NaN
  let value = 0
  for (let at = element.start; at < element.end; at += 1) value = value * 256 + (bytes[at] ?? 0)
  return value
}

const pbes2 = '2a864886f70d01050d'

/**
 * How many rounds of hashing are needed to open a key with its passphrase (EncryptedPrivateKeyInfo, RFC 5958): read before they
 * are run, because a file may ask for two billion. NaN if it cannot be read.
 */
export function roundsOf(bytes: Uint8Array): number {
  const info = elementAt(bytes, 0)
  const [algorithm] = info === null ? [] : childrenOf(bytes, info)
  const [name, parameters] = algorithm === undefined ? [] : childrenOf(bytes, algorithm)
  if (parameters === undefined) return NaN
  if (oidOf(bytes, name) !== pbes2) return numberOf(bytes, childrenOf(bytes, parameters)[1])
  const [derivation] = childrenOf(bytes, parameters)
  const [, how] = derivation === undefined ? [] : childrenOf(bytes, derivation)
  return how === undefined ? NaN : numberOf(bytes, childrenOf(bytes, how)[1])
}
