import { shell } from 'electron'

export const kafkaDocs = 'https://kafka.apache.org/documentation/'

/** The only hosts the app ever opens in a browser; none of them can come from a record. */
const hosts: ReadonlySet<string> = new Set(['kafka.apache.org', 'cwiki.apache.org'])

/** Opens a page of the documentation in the system's browser; anything else is ignored. */
export function openDocs(url: string): boolean {
  if (!isDocs(url)) return false
  void shell.openExternal(url)
  return true
}

export function isDocs(url: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  return (
    parsed !== undefined &&
    parsed.protocol === 'https:' &&
    hosts.has(parsed.host) &&
    parsed.username === '' &&
    parsed.password === ''
  )
}
