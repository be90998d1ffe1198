import { envName } from '#shared/model/secrets.ts'
import { secretFacts, type SecretName } from '#shared/model/secret-names.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { FileButton } from './file-button.tsx'

export interface SecretFieldProps {
  name: SecretName
  /** Typed here: a value, null = delete the stored one, undefined = leave it. */
  typed: string | null | undefined
  onChange: (value: string | null | undefined) => void
  /** The profile's reference to an environment variable. */
  reference?: string | undefined
  isStored?: boolean | undefined
  error?: string | undefined
  autoFocus?: boolean | undefined
  onEnter?: (() => void) | undefined
  note?: string | undefined
}

/** A field for a secret. A stored secret is never shown; the field only says that there is one. */
export function SecretField(props: SecretFieldProps) {
  const { name, typed, onChange, reference, isStored, error, autoFocus, onEnter, note } = props
  const label = capital(secretFacts[name].label)
  const text = typed ?? (typed === undefined ? (reference ?? '') : '')
  const variable = envName(text)
  const isKept = isStored === true && reference === undefined && typed === undefined
  const says =
    note ??
    (variable !== null
      ? `Read from the environment variable ${variable} when connecting.`
      : typed === null
        ? 'Will be forgotten when you save.'
        : isKept
          ? 'Stored. Type to replace it.'
          : !secretFacts[name].isTyped
            ? undefined
            : 'Or ${env:NAME}, to have it read from the environment.')
  const action =
    typed !== undefined && (isStored === true || reference !== undefined) ? (
      <Button size="small" variant="quiet" onPress={() => onChange(undefined)}>
        Undo
      </Button>
    ) : isKept ? (
      <Button size="small" variant="quiet" onPress={() => onChange(null)}>
        Forget
      </Button>
    ) : undefined
  if (name === 'keystore') {
    return (
      <FileButton
        label={text === '' ? (isKept ? 'Replace the keystore…' : 'Choose the keystore…') : 'Choose another…'}
        note={
          error ??
          (text === ''
            ? isKept
              ? 'A keystore is stored.'
              : 'A JKS or PKCS12 file (.jks, .p12, .pfx).'
            : `A keystore of ${Math.floor((text.length * 3) / 4)} bytes.`)
        }
        accept=".p12,.pfx,.pkcs12,.jks,.keystore,.ks"
        onFile={async (file) => onChange(base64(new Uint8Array(await file.arrayBuffer())))}
        action={action}
      />
    )
  }
  return (
    <TextField
      label={label}
      value={text}
      onChange={onChange}
      // A reference is not a secret, and must be readable to be checked.
      type={name === 'privateKey' || text.startsWith('${') ? 'text' : 'password'}
      multiline={name === 'privateKey'}
      rows={3}
      mono={name === 'privateKey' || variable !== null}
      placeholder={
        isKept ? 'stored' : name === 'privateKey' ? '-----BEGIN PRIVATE KEY-----' : typed === null ? 'none' : undefined
      }
      note={says}
      error={error}
      autoFocus={autoFocus}
      onEnter={onEnter}
      suffix={action}
    />
  )
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}
