// The page's policy forbids turning text into markup or code. One library empties an element by `innerHTML = ''`; that much
// is let through here, and nothing else. Must be imported before any other module.
interface TrustedTypes {
  createPolicy(name: 'default', rules: { createHTML(text: string): string | null }): unknown
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
trustedTypes?.createPolicy('default', { createHTML: (text) => (text === '' ? '' : null) })
