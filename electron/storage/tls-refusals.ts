/**
 * The desktop app's TLS is BoringSSL, which reads fewer forms of keys than OpenSSL does (electron #35972, #20759); newer
 * OpenSSLs refuse old forms in turn. What can be converted gets the command, what cannot the way out.
 */
export function tlsRefusalHint(reason: string): string | undefined {
  if (/wrong pass|BAD_DECRYPT|bad decrypt|INCORRECT_PASSWORD|mac verify failure/i.test(reason)) return undefined
  if (unreadKind.test(reason)) return hints.kind
  return unreadForm.test(reason) ? hints.key : undefined
}

const hints = {
  key: 'The key is encrypted in a way that Seekline cannot read. Convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -in OLD.key -out NEW.key',
  kind: 'Seekline reads RSA, ECDSA (P-256, P-384, P-521) and Ed25519 keys. No command converts another kind: have a certificate issued for a new key, made by openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out NEW.key',
}

/** A kind of key or a curve that is not known: BoringSSL's public key routines. */
const unreadKind = /public key routines\S*(UNSUPPORTED_ALGORITHM|DECODE_ERROR|UNKNOWN_PUBLIC_KEY_TYPE)|UNKNOWN_GROUP/i

/** A way to encrypt that is not known; OpenSSL 3 only says "unsupported", by its decoder also of what is no key at all. */
const unreadForm =
  /UNSUPPORTED_(PRF|CIPHER|KEY_DERIVATION_FUNCTION|ENCRYPTION|OPTIONS|SALT_TYPE)|UNKNOWN_(ALGORITHM|CIPHER|DIGEST|HASH)|envelope routines::unsupported/i
