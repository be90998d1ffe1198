import { childrenOf, elementAt, INTEGER, numberOf, OCTET_STRING, OID, oidOf, SEQUENCE } from './der.ts'
import { KeyFileError, type KeySource } from './key-task.ts'

export interface PemBlock {
  /** `CERTIFICATE`, `RSA PRIVATE KEY`, … */
  label: string
  der: Buffer
  /** With its BEGIN and END lines, for what only OpenSSL can open (`Proc-Type: 4,ENCRYPTED`). */
  text: string
}

/** The form of a file, recognised by its content. */
export type KeyForm =
  | { kind: 'pem'; blocks: PemBlock[] }
  | { kind: 'jks' | 'pkcs12' | 'certificate' | 'key' | 'encrypted key'; bytes: Buffer }

/** No real file has a hundredth of it: a bundle of all public authorities has about a hundred and fifty blocks. */
const mostBlocks = 2_000

/**
 * Recognises the form by the content. Throws an error that says what else it is: an empty file, a web page, an unsupported
 * kind.
 */
export function formOf({ what, bytes }: KeySource): KeyForm {
  return formOfBytes(what, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), false)
}

function formOfBytes(what: string, bytes: Buffer, unwrapped: boolean): KeyForm {
  if (bytes.every((byte) => byte === 0 || byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))) {
    throw new KeyFileError(`${what} is empty.`, 'Name another file, or fill this one.')
  }
  const magic = bytes.length > 8 ? bytes.readUInt32BE(0) : 0
  if (magic === 0xfeedfeed) return { kind: 'jks', bytes }
  if (magic === 0xcececece) throw refused(what, 'a Java keystore of the kind JCEKS', convertStore)
  if ((magic === 1 || magic === 2) && bytes.readUInt32BE(4) === 20) {
    throw refused(what, 'a keystore of the kind BKS (Bouncy Castle)', convertStore)
  }
  if (bytes[0] === SEQUENCE) {
    const found = derForm(what, bytes)
    if (found !== null) return found
  }
  const text = textOf(bytes)
  if (text.includes('-----BEGIN ')) return { kind: 'pem', blocks: pemBlocks(what, text) }
  // As in a secret manager or a YAML file: the same in Base64, without BEGIN and END.
  if (!unwrapped && /^\s*(MI|LS0tLS1)[A-Za-z0-9+/=\s]*$/.test(text)) {
    return formOfBytes(what, Buffer.from(text, 'base64'), true)
  }
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) {
    throw refused(what, 'a web page', 'The download of the certificate most likely failed: open the file and read it.')
  }
  if (/^(ssh-(rsa|ed25519)|ecdsa-sha2-\S+) /.test(text)) throw refused(what, 'a public key for SSH', wanted)
  throw refused(what, 'neither PEM, nor DER, nor a JKS or PKCS12 store', wanted)
}

const wanted = 'Seekline reads PEM, DER, and stores of the kinds JKS and PKCS12.'
const convertStore =
  'Convert it with keytool, to which its kind must be known: keytool -importkeystore -srckeystore OLD -srcstoretype KIND -destkeystore NEW.p12 -deststoretype PKCS12'

function refused(what: string, is: string, hint: string): KeyFileError {
  return new KeyFileError(`${what} is ${is}.`, hint)
}

const pkcs7Data = '2a864886f70d010701'
const pkcs7Signed = '2a864886f70d010702'

function derForm(what: string, bytes: Buffer): KeyForm | null {
  const whole = elementAt(bytes, 0)
  if (whole === null) {
    // Text that begins with a zero has this first byte as well.
    if (bytes[1] !== undefined && bytes[1] > 0x80 && bytes[1] < 0x85) throw refused(what, 'cut off', cutOff)
    return null
  }
  const [first, second, third] = childrenOf(bytes, whole)
  if (first?.tag === INTEGER) {
    if (second?.tag === SEQUENCE && third?.tag !== OCTET_STRING && numberOf(bytes, first) === 3) {
      const content = oidOf(bytes, childrenOf(bytes, second)[0])
      if (content === pkcs7Data || content === pkcs7Signed) return { kind: 'pkcs12', bytes }
    }
    // PKCS8: 0 or 1, an algorithm, the key. PKCS1: 0 and eight numbers. SEC1: 1 and the key.
    return { kind: 'key', bytes }
  }
  if (first?.tag === OID) {
    const isBundle = oidOf(bytes, first) === pkcs7Signed
    throw refused(what, isBundle ? 'a bundle of the kind PKCS7 (.p7b)' : 'of a kind that is not known here', pkcs7Hint)
  }
  if (first?.tag !== SEQUENCE) return null
  const [head] = childrenOf(bytes, first)
  if (head?.tag !== OID) {
    // A request begins with its version, a number; a certificate with a tagged version, or its serial number.
    const isRequest = head?.tag === INTEGER && numberOf(bytes, head) === 0 && third !== undefined
    if (isRequest && childrenOf(bytes, first).at(-1)?.tag === 0xa0)
      throw refused(what, 'a certificate request', request)
    return { kind: 'certificate', bytes: bytes.subarray(0, whole.end) }
  }
  if (second?.tag === OCTET_STRING) return { kind: 'encrypted key', bytes }
  throw refused(what, 'a public key', wanted)
}

const cutOff = 'It was not copied whole: its length says that there is more. Copy it again.'
const request = 'Have it signed by the authority, and name the certificate that comes back.'
const pkcs7Hint =
  'Convert it: openssl pkcs7 -inform DER -in FILE.p7b -print_certs -out ALL.pem (without -inform DER if it is text).'

/** PEM written by Windows' tools is UTF-16, and both encodings may start with a byte order mark. */
export function textOf(bytes: Uint8Array): string {
  const [a, b] = bytes
  const isLittle = (a === 0xff && b === 0xfe) || (a !== 0 && b === 0)
  const isBig = (a === 0xfe && b === 0xff) || (a === 0 && b !== 0)
  const name = isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8'
  return new TextDecoder(name).decode(bytes)
}

function pemBlocks(what: string, text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  for (let at = text.indexOf(begins); at >= 0;) {
    const nth = `block ${blocks.length + 1}`
    const labelEnd = text.indexOf('-----', at + begins.length)
    const label = labelEnd < 0 ? '' : text.slice(at + begins.length, labelEnd)
    const end = labelEnd < 0 ? -1 : text.indexOf('-----END ', labelEnd)
    const next = text.indexOf(begins, at + begins.length)
    if (end < 0 || (next >= 0 && next < end)) {
      throw new KeyFileError(`${what} is cut off: ${nth} has no END line.`, cutOff)
    }
    const close = `-----END ${label}-----`
    if (label.length > 60 || !text.startsWith(close, end)) {
      throw new KeyFileError(`${what} is damaged: the END line of ${nth} is not that of its BEGIN.`, 'Copy it again.')
    }
    const body = text.slice(labelEnd + 5, end)
    const base64 = body.includes(':') ? body.replace(/^[^\n]*:[^\n]*\n/gm, '') : body
    if (!/^[A-Za-z0-9+/\s]*[=\s]*$/.test(base64)) {
      throw new KeyFileError(`${what} is damaged: ${nth} (${label}) is not Base64.`, 'Copy it again.')
    }
    blocks.push({ label, der: Buffer.from(base64, 'base64'), text: text.slice(at, end + close.length) })
    if (blocks.length > mostBlocks) {
      throw new KeyFileError(`${what} holds more than ${mostBlocks} blocks.`, 'Name a file with only what is needed.')
    }
    at = text.indexOf(begins, end)
  }
  return blocks
}

const begins = '-----BEGIN '

export const isCertificate = (block: PemBlock): boolean => /^(X509 |TRUSTED )?CERTIFICATE$/.test(block.label)
export const isPrivateKey = (block: PemBlock): boolean => block.label.endsWith('PRIVATE KEY')

const kinds: [RegExp, string][] = [
  [/^(X509 |TRUSTED )?CERTIFICATE$/, 'a certificate'],
  [/PRIVATE KEY$/, 'a private key'],
  [/PUBLIC KEY$/, 'a public key'],
  [/CERTIFICATE REQUEST$/, 'a certificate request'],
  [/CRL$/, 'a revocation list'],
  [/^(PKCS7|CMS)$/, 'a bundle of the kind PKCS7'],
  [/PARAMETERS$/, 'parameters'],
]

/** What a form contains, for "… holds a private key, and no certificate". */
export function contentsOf(form: KeyForm): string {
  if (form.kind === 'jks') return 'a JKS store'
  if (form.kind === 'pkcs12') return 'a PKCS12 store'
  if (form.kind !== 'pem') return form.kind === 'certificate' ? 'a certificate' : 'a private key'
  const found = form.blocks.map(({ label }) => kinds.find(([pattern]) => pattern.test(label))?.[1] ?? 'another thing')
  return [...new Set(found)].join(' and ')
}
