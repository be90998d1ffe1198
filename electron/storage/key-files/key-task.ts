import type { SecretName } from '#shared/model/secret-names.ts'

/** The bytes of a file or a pasted text, and its name in a sentence: "The CA file /etc/ca.pem". */
export interface KeySource {
  what: string
  bytes: Uint8Array
}

/** What a profile names, as read from disk or typed; only the worker parses it. */
export interface KeyTask {
  trust?: { source: KeySource; passphrase?: string | undefined }
  client?:
    | { kind: 'pem'; certificate: KeySource; key: KeySource; passphrase?: string | undefined }
    | {
        kind: 'store'
        store: KeySource
        passphrase?: string | undefined
        keyPassphrase?: string | undefined
        alias?: string | undefined
      }
}

/** PEM throughout, so that TLS gets nothing that could be read in a second way. */
export interface KeyResult {
  ca?: string[]
  /** Authorities left out because they expired or are not valid yet, each as a sentence's object: "Corp CA (expired …)". */
  unusedCa?: string[]
  /** The client's certificate, followed by those that lead to its authority. */
  cert?: string
  key?: string
}

export interface KeyRefusal {
  message: string
  hint: string
  /** The secret to ask for. */
  needs?: SecretName
}

export type KeyReply = { result: KeyResult } | { refusal: KeyRefusal }

/** Why a file cannot be used, for the user. */
export class KeyFileError extends Error {
  readonly hint: string
  readonly needs: SecretName | undefined

  constructor(message: string, hint: string, needs?: SecretName) {
    super(message)
    this.hint = hint
    this.needs = needs
  }
}
