import type { X509Certificate } from 'node:crypto'

/** "expired on …", "not valid before …"; null: it is valid now. */
export function untimely(certificate: X509Certificate, now = Date.now()): string | null {
  const { validFromDate, validToDate } = certificate
  if (validToDate.getTime() < now) return `expired on ${dateText(validToDate)}`
  return validFromDate.getTime() > now ? `not valid before ${dateText(validFromDate)}` : null
}

const dateText = (date: Date): string =>
  Number.isNaN(date.getTime()) ? 'an unknown day' : date.toISOString().slice(0, 16).replace('T', ' ') + ' UTC'

/** Whose certificate it is: the common name, or the whole subject. */
export const nameOf = (certificate: Pick<X509Certificate, 'subject'>): string => distinguished(certificate.subject)

/** An X.500 name, which has one part per line; shortened to one line, because it may be any text. */
export function distinguished(name: string): string {
  const common = /^CN=(.+)$/m.exec(name)?.[1]
  const text = shown(common ?? name.replaceAll('\n', ', '))
  if (text === '') return 'a certificate without a name'
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}

const shown = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')

const mostNames = 12

/** The hosts a certificate is for, as it names them: `kafka-1 (DNS), 10.0.0.1 (IP)`. Empty: it names none. */
export function hostsOf(certificate: Pick<X509Certificate, 'subject' | 'subjectAltName'>): string {
  const names: string[] = []
  // Node quotes what could be mistaken for two names.
  for (const [, kind, text] of (certificate.subjectAltName ?? '').matchAll(
    /(DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g,
  )) {
    names.push(`${shown(text ?? '').slice(0, 253)} (${kind === 'DNS' ? 'DNS' : 'IP'})`)
  }
  const common = /^CN=(.+)$/m.exec(certificate.subject)?.[1]
  // If there are others, the common name does not count (RFC 6125 §6.4.4).
  if (names.length === 0 && common !== undefined) names.push(`${shown(common).slice(0, 253)} (common name)`)
  const listed = names.slice(0, mostNames).join(', ')
  return names.length > mostNames ? `${listed} and ${names.length - mostNames} more` : listed
}
