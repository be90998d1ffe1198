/**
 * The headers that restrict the page, the same for the loopback server and the shell's `app://`: its Content-Security-Policy,
 * and headers that keep other pages and unused browser features out. `nonce` is for the styles of one load.
 */
export function securityHeaders(nonce: string, connect: "'self'" | "'none'"): Record<string, string> {
  return { ...fixedHeaders, 'content-security-policy': contentSecurityPolicy(nonce, connect) }
}

const fixedHeaders = {
  'cache-control': 'no-store',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

function contentSecurityPolicy(nonce: string, connect: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    // Text never becomes markup or code; the only policy is renderer/trusted-types.ts.
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ')
}
