/**
 * The desktop app's TLS is BoringSSL, which reads fewer key formats than OpenSSL (electron #35972, #20759); newer OpenSSLs
 * refuse old formats in turn. If a key can be converted, the hint has the command; otherwise another way out.
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

/** An unknown type of key or curve: BoringSSL's public key routines. */
const unreadKind = /public key routines\S*(UNSUPPORTED_ALGORITHM|DECODE_ERROR|UNKNOWN_PUBLIC_KEY_TYPE)|UNKNOWN_GROUP/i

/** An unknown encryption; OpenSSL 3 only says "unsupported", even for what is not a key at all. */
const unreadForm =
  /UNSUPPORTED_(PRF|CIPHER|KEY_DERIVATION_FUNCTION|ENCRYPTION|OPTIONS|SALT_TYPE)|UNKNOWN_(ALGORITHM|CIPHER|DIGEST|HASH)|envelope routines::unsupported/i
