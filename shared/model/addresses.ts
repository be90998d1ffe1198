import { z } from 'zod'
import { SeeklineError } from '../errors.ts'

/** Where a broker is reached. IPv6 hosts are kept without brackets, as sockets want them; text carries the brackets. */
export interface Address {
  host: string
  port: number
}

/** Reads `host:port`; IPv6 in brackets. Returns a sentence instead of an address when it cannot. */
export function parseAddress(text: string, defaultPort?: number): Address | string {
  const trimmed = text.trim()
  if (trimmed === '') return 'An address is missing.'
  // A listener name in front is what people copy from a broker's advertised.listeners.
  const bare = trimmed.replace(/^[A-Za-z][A-Za-z0-9_+.-]*:\/\//, '')
  const bracketed = /^\[([^[\]]+)\](?::(.*))?$/.exec(bare)
  if (bracketed !== null) {
    const host = bracketed[1] ?? ''
    if (!isIpv6(host)) return `"${host}" is not an IPv6 address.`
    return withPort(host, bracketed[2], trimmed, defaultPort)
  }
  const colons = bare.split(':').length - 1
  if (colons > 1) return `"${trimmed}" looks like IPv6: write it in brackets, such as [::1]:9092.`
  const [host = '', port] = bare.split(':')
  if (!isHostName(host)) return `"${host}" is not a host name.`
  return withPort(host, port, trimmed, defaultPort)
}

/** As {@link parseAddress}, for what was checked before; throws `profile.invalid` otherwise. */
export function addressOf(text: string): Address {
  const address = parseAddress(text)
  if (typeof address !== 'string') return address
  throw new SeeklineError('profile.invalid', address, {
    hint: 'Write host:port, an IPv6 host in brackets: [::1]:9092.',
  })
}

export function formatAddress(address: Address): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`
}

/** One address as text, kept in the form that {@link formatAddress} gives. */
export const AddressText = z
  .string()
  .max(300)
  .transform((text, context) => {
    const address = parseAddress(text)
    if (typeof address !== 'string') return formatAddress(address)
    context.addIssue({ code: 'custom', message: address })
    return z.NEVER
  })

function withPort(host: string, port: string | undefined, text: string, defaultPort?: number): Address | string {
  if (port === undefined || port === '') {
    if (defaultPort !== undefined) return { host: host.toLowerCase(), port: defaultPort }
    return `"${text}" lacks a port: write host:port, such as ${host.includes(':') ? `[${host}]` : host}:9092.`
  }
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0
  if (number < 1 || number > 65_535) return `"${port}" is not a port (1 to 65535).`
  return { host: host.toLowerCase(), port: number }
}

// Underscores are no part of DNS host names, yet Docker and Compose hand them out.
function isHostName(host: string): boolean {
  return (
    host.length <= 253 &&
    /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/.test(host)
  )
}

function isIpv6(host: string): boolean {
  const [address = '', zone] = host.split('%', 2)
  if (zone !== undefined && !/^[A-Za-z0-9._-]+$/.test(zone)) return false
  const halves = address.split('::')
  if (halves.length > 2) return false
  let groups = 0
  for (const [index, half] of halves.entries()) {
    const parts = half === '' ? [] : half.split(':')
    for (const [place, part] of parts.entries()) {
      const last = index === halves.length - 1 && place === parts.length - 1
      if (last && /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(part)) groups += 2
      else if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups += 1
      else return false
    }
  }
  return halves.length === 2 ? groups <= 7 : groups === 8
}
