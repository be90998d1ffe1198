/** The page's style nonce, under the name React Aria also looks for. A `nonce` attribute is hidden from scripts; the property is not. */
export function pageNonce(): string | undefined {
  const meta = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')
  const nonce = meta?.nonce || meta?.content
  return nonce === undefined || nonce === '' ? undefined : nonce
}
