/** Where the token of the loopback server waits between reloads: this tab alone, and not sent anywhere by itself. */
const storageKey = 'seekline.token'

export interface TokenPage {
  location: { hash: string; pathname: string; search: string }
  history: { replaceState(data: unknown, unused: string, url: string): void }
  sessionStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void }
}

/** Takes the token out of the address at once, so that neither history, a bookmark nor a shared screen shows it. */
export function takeToken(page: TokenPage): string | null {
  const fragment = new URLSearchParams(page.location.hash.replace(/^#/, ''))
  const token = fragment.get('token')
  if (token === null) return page.sessionStorage.getItem(storageKey)
  page.sessionStorage.setItem(storageKey, token)
  fragment.delete('token')
  const rest = fragment.toString()
  const hash = rest === '' ? '' : `#${rest}`
  page.history.replaceState(null, '', `${page.location.pathname}${page.location.search}${hash}`)
  return token
}
