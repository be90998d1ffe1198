import { describe, expect, it } from 'vitest'
import { tlsRefusalHint } from './tls-refusals.ts'

// The reasons as Electron 9's BoringSSL and Node 24's OpenSSL gave them for keys made by openssl 3.
describe('what TLS refuses to read', () => {
  it.each([
    'error:13000082:PKCS8 routines:OPENSSL_internal:UNSUPPORTED_PRF',
    'error:1300007f:PKCS8 routines:OPENSSL_internal:UNSUPPORTED_CIPHER',
    'error:13000080:PKCS8 routines:OPENSSL_internal:UNSUPPORTED_KEY_DERIVATION_FUNCTION',
    'error:13000077:PKCS8 routines:OPENSSL_internal:UNKNOWN_ALGORITHM',
    'error:09000072:PEM routines:OPENSSL_internal:UNSUPPORTED_ENCRYPTION',
    'error:0308010C:digital envelope routines::unsupported',
  ])('an encrypted key is converted by openssl pkcs8: %s', (reason) => {
    expect(tlsRefusalHint(reason)).toContain('openssl pkcs8 -topk8 -v2 aes-256-cbc')
  })

  it.each([
    'error:06000080:public key routines:OPENSSL_internal:UNSUPPORTED_ALGORITHM',
    'error:06000066:public key routines:OPENSSL_internal:DECODE_ERROR',
  ])('a kind of key that is not known needs a new key: %s', (reason) => {
    expect(tlsRefusalHint(reason)).toContain('openssl genpkey')
  })

  it.each([
    'error:1e000065:Cipher functions:OPENSSL_internal:BAD_DECRYPT',
    'INCORRECT_PASSWORD',
    'mac verify failure',
    'error:0480006C:PEM routines::no start line',
    'error:1E08010C:DECODER routines::unsupported',
  ])('a wrong passphrase or no key at all is another matter: %s', (reason) => {
    expect(tlsRefusalHint(reason)).toBeUndefined()
  })
})
