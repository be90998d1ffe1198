/** A store's content, nothing of it judged yet. */
export interface Store {
  keys: { alias: string; pkcs8: Buffer; chain: Buffer[] }[]
  /** What Java calls trusted certificate entries; of a PKCS12 without keys, all its certificates. */
  trusted: Buffer[]
  /** Certificates that may lead from a key's certificate to its authority. */
  others: Buffer[]
}

export class WrongPassphrase extends Error {}

/** Java's aliases know no case. */
export const sameAlias = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
