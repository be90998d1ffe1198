import crypto from 'crypto'
import forge from 'node-forge'

type Element = forge.asn1.Asn1
const { asn1 } = forge
// Its types do not include this function.
const { RDNAttributesAsArray } = forge.pki as unknown as {
  RDNAttributesAsArray(name: Element): { shortName?: string; type: string; value: string }[]
}

/** The parts of node:crypto's X509Certificate that we use, for Node 12, which has none. */
export class Certificate {
  readonly raw: Buffer
  readonly subject: string
  readonly issuer: string
  readonly fingerprint256: string
  readonly validFromDate: Date
  readonly validToDate: Date
  readonly #publicKey: Buffer

  constructor(given: string | Uint8Array) {
    const isText = typeof given === 'string'
    this.raw = isText ? Buffer.from(given.replace(/-----[^-]+-----/g, ''), 'base64') : Buffer.from(given)
    const [body] = partsOf(asn1.fromDer(this.raw.toString('binary')))
    // A version comes first, in its own tag, except in certificates of 1988.
    const fields = partsOf(body).filter((one) => one.tagClass === asn1.Class.UNIVERSAL)
    const [, , issuer, validity, subject, publicKey] = fields
    this.issuer = nameOf(issuer)
    this.subject = nameOf(subject)
    const [from, to] = partsOf(validity).map(dateOf)
    this.validFromDate = from! // every X.509 certificate has this field (RFC 5280, 4.1)
    this.validToDate = to! // every X.509 certificate has this field (RFC 5280, 4.1)
    this.#publicKey = Buffer.from(asn1.toDer(publicKey!).getBytes(), 'binary') // every X.509 certificate has this field (RFC 5280, 4.1)
    this.fingerprint256 = crypto.createHash('sha256').update(this.raw).digest('hex')
  }

  checkIssued(other: Certificate): boolean {
    return this.issuer === other.subject
  }

  checkPrivateKey(key: crypto.KeyObject): boolean {
    return crypto.createPublicKey(key).export({ type: 'spki', format: 'der' }).equals(this.#publicKey)
  }

  toString(): string {
    const lines = this.raw.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')
    return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
  }
}

function partsOf(element: Element | undefined): Element[] {
  if (!Array.isArray(element?.value)) throw new Error('it is no certificate')
  return element.value as Element[]
}

function nameOf(element: Element | undefined): string {
  const parts = RDNAttributesAsArray(element!) // every X.509 certificate has this field (RFC 5280, 4.1)
  return parts.map(({ shortName, type, value }) => `${shortName ?? type}=${value}`).join('\n')
}

function dateOf({ type, value }: Element): Date {
  return type === asn1.Type.UTCTIME ? asn1.utcTimeToDate(value as string) : asn1.generalizedTimeToDate(value as string)
}
