/** A store's content, not yet validated. */
export interface Store {
  keys: { alias: string; pkcs8: Buffer; chain: Buffer[] }[]
  /** What Java calls trusted certificate entries; for a PKCS12 without keys, all its certificates. */
  trusted: Buffer[]
  /** Certificates that may lead from a key's certificate to its authority. */
  others: Buffer[]
}

export class WrongPassphrase extends Error {}

/** Java's aliases ignore case. */
export const sameAlias = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
