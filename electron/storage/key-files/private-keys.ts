import { createPrivateKey, type KeyObject, type PrivateKeyInput } from 'node:crypto'
import { tlsRefusalHint } from '../tls-refusals.ts'
import { roundsOf } from './der.ts'
import { contentsOf, isPrivateKey, type KeyForm, type PemBlock } from './key-forms.ts'
import { KeyFileError } from './key-task.ts'

/** Some seconds of Node's PBKDF2. Tools use from two thousand to a million rounds. */
export const mostRounds = 10_000_000

/** The private keys of a file; encrypted ones are opened. */
export function privateKeys(what: string, form: KeyForm, passphrase: string | undefined): KeyObject[] {
  if (form.kind === 'key') return [openDer(what, form.bytes)]
  if (form.kind === 'encrypted key')
    return [unlock(what, form.bytes, { key: form.bytes, format: 'der', type: 'pkcs8' }, passphrase)]
  if (form.kind === 'jks' || form.kind === 'pkcs12') {
    throw new KeyFileError(
      `${what} is ${contentsOf(form)}.`,
      'Choose Keystore as the form of the client certificate in the profile.',
    )
  }
  const blocks = form.kind === 'pem' ? form.blocks.filter(isPrivateKey) : []
  if (blocks.length === 0) {
    throw new KeyFileError(
      `${what} holds ${contentsOf(form)}, and no private key.`,
      'Name the file that holds the key.',
    )
  }
  return blocks.map((block) => openPem(what, block, passphrase))
}

function openPem(what: string, { label, der, text }: PemBlock, passphrase: string | undefined): KeyObject {
  if (label === 'OPENSSH PRIVATE KEY') {
    throw new KeyFileError(
      `${what} is a key in OpenSSH's own form.`,
      'Convert a copy of it: ssh-keygen -p -m PKCS8 -f COPY.key',
    )
  }
  if (label === 'ENCRYPTED PRIVATE KEY') return unlock(what, der, { key: text, format: 'pem' }, passphrase)
  if (/^Proc-Type: 4,ENCRYPTED/m.test(text)) return unlock(what, null, { key: text, format: 'pem' }, passphrase)
  return open(what, 'is not usable', { key: text, format: 'pem' })
}

function openDer(what: string, key: Buffer): KeyObject {
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    try {
      return createPrivateKey({ key, format: 'der', type })
    } catch {
      // The last reason is reported below.
    }
  }
  return open(what, 'is not usable', { key, format: 'der', type: 'pkcs8' })
}

function unlock(what: string, der: Buffer | null, input: PrivateKeyInput, passphrase: string | undefined): KeyObject {
  if (passphrase === undefined) {
    throw new KeyFileError(`${what} is encrypted, and its passphrase is not known.`, 'Enter it.', 'keyPassphrase')
  }
  const rounds = der === null ? 1 : roundsOf(der)
  if (rounds > mostRounds) {
    throw new KeyFileError(
      `${what} asks for ${rounds.toLocaleString('en')} rounds of hashing before it opens, far more than any tool writes.`,
      'Check where it comes from. Encrypt it again with fewer rounds: openssl pkcs8 -topk8 -iter 10000 -in OLD.key -out NEW.key',
    )
  }
  return open(what, 'cannot be opened with this passphrase', { ...input, passphrase })
}

/**
 * One wrong passphrase in about 250 gives bytes whose padding fits by chance: they are then refused as a key of an unknown kind,
 * and not as a wrong passphrase.
 */
const maybeGarbage = /DECODE_ERROR/

function open(what: string, fails: string, input: PrivateKeyInput): KeyObject {
  try {
    return createPrivateKey(input)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const form = tlsRefusalHint(reason)
    if (form !== undefined && input.passphrase !== undefined && maybeGarbage.test(reason)) {
      throw new KeyFileError(`${what} ${fails} (${reason}).`, `Check the passphrase. If it is right: ${form}`)
    }
    if (form !== undefined) throw new KeyFileError(`${what} is in a form that cannot be read here (${reason}).`, form)
    throw new KeyFileError(
      `${what} ${fails} (${reason}).`,
      'Check the key and its passphrase in the TLS part of the profile.',
    )
  }
}
