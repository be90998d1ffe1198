import { X509Certificate, type KeyObject } from 'node:crypto'
import { nameOf, untimely } from '../../certificate-words.ts'
import { elementAt } from './der.ts'
import { contentsOf, isCertificate, type KeyForm } from './key-forms.ts'
import { KeyFileError } from './key-task.ts'

/** Each is parsed again for TLS, on the main thread, in some 30 µs. */
const mostCertificates = 1_000

/** The certificates of a file that is not a store. */
export function certificatesOf(what: string, form: KeyForm): X509Certificate[] {
  const ders =
    form.kind === 'certificate'
      ? [form.bytes]
      : form.kind === 'pem'
        ? form.blocks
            .filter(isCertificate)
            .map(({ label, der }) => (label.startsWith('TRUSTED') ? plain(what, der) : der))
        : []
  if (ders.length === 0) {
    throw new KeyFileError(
      `${what} holds ${contentsOf(form)}, and no certificate.`,
      'Name the file that holds the certificate.',
    )
  }
  return parseAll(what, ders)
}

export function parseAll(what: string, ders: readonly Buffer[]): X509Certificate[] {
  if (ders.length > mostCertificates) {
    throw new KeyFileError(
      `${what} holds ${ders.length} certificates; ${mostCertificates} are the limit.`,
      'Name a file with only what is needed.',
    )
  }
  return ders.map((der, index) => {
    try {
      return new X509Certificate(der)
    } catch (error) {
      const nth = ders.length === 1 ? 'its certificate' : `certificate ${index + 1} of ${ders.length}`
      const reason = error instanceof Error ? error.message : String(error)
      throw new KeyFileError(`${what} is damaged: ${nth} cannot be read (${reason}).`, 'Export or copy it again.')
    }
  })
}

/** After a "trusted" certificate OpenSSL writes which uses it is trusted for; ignoring that might trust it for more. */
function plain(what: string, der: Buffer): Buffer {
  const end = elementAt(der, 0)?.end ?? der.length
  if (end === der.length) return der
  throw new KeyFileError(
    `${what} holds a TRUSTED CERTIFICATE with OpenSSL's settings of what it is trusted for, which cannot be kept to here.`,
    'If it may be trusted for the cluster, write it without them: openssl x509 -in OLD.pem -out NEW.pem',
  )
}

/** The certificates that are valid now, and in words those that are not. */
export function byTime(certificates: readonly X509Certificate[], now = Date.now()) {
  const valid: X509Certificate[] = []
  const unused: string[] = []
  for (const certificate of certificates) {
    const why = untimely(certificate, now)
    if (why === null) valid.push(certificate)
    else unused.push(`${nameOf(certificate)} (${why})`)
  }
  return { valid, unused }
}

/**
 * The certificate that belongs to the key, followed by those that lead to its authority: TLS wants them in that order, and
 * files have them in any order. Other certificates are left out. null: none of them belongs to the key.
 */
export function chainFor(
  key: KeyObject,
  certificates: readonly X509Certificate[],
): [X509Certificate, ...X509Certificate[]] | null {
  const leaf = certificates.find((certificate) => certificate.checkPrivateKey(key))
  if (leaf === undefined) return null
  const chain: [X509Certificate, ...X509Certificate[]] = [leaf]
  for (let last = leaf; chain.length < 10;) {
    const issuer = certificates.find(
      (one) => !chain.some((had) => had.fingerprint256 === one.fingerprint256) && last.checkIssued(one),
    )
    if (issuer === undefined) break
    chain.push(issuer)
    last = issuer
  }
  return chain
}
