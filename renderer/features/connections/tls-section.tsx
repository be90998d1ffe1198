import type { ReactNode } from 'react'
import { Toggle } from '../../ui/checkbox.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { FileButton } from '../../shared-views/secrets/file-button.tsx'
import { FormSection } from './form-section.tsx'
import type { SectionProps } from './form-props.ts'
import type { TlsDraft } from './tls-draft.ts'
import s from './connections.module.css'

export function TlsSection({ draft, errors, change, secret }: SectionProps) {
  return (
    <FormSection title="TLS">
      <Toggle isSelected={draft.tls} onChange={(tls) => change({ tls })}>
        Encrypt the connection
      </Toggle>
      {draft.tls && (
        <TlsFields {...{ draft, errors, change, secret }} at="tls" whose="brokers’">
          <TextField
            label="Server name"
            mono
            value={draft.serverName}
            onChange={(serverName) => change({ serverName })}
            placeholder="the host of each broker"
            error={errors['tls.serverName']}
            note="Sent as SNI and expected in the certificate, if it differs from the address."
          />
        </TlsFields>
      )}
    </FormSection>
  )
}

export interface TlsFieldsProps extends Pick<SectionProps, 'errors' | 'secret'> {
  draft: TlsDraft
  change: (part: Partial<TlsDraft>) => void
  /** The path of these settings in the profile, by which errors are found. */
  at: string
  whose: string
  children?: ReactNode
}

/** The trusted certificates and the client certificate, for the brokers or the schema registry. */
export function TlsFields({ draft, errors, change, secret, at, whose, children }: TlsFieldsProps) {
  return (
    <>
      <div className={s.stack}>
        <span className={s.label}>Trust</span>
        <Segmented
          label="Trusted authorities"
          value={draft.caSource}
          onChange={(caSource) => change({ caSource })}
          options={[
            { id: 'system', label: 'What the system trusts' },
            { id: 'text', label: 'A CA, pasted' },
            { id: 'file', label: 'A CA file' },
          ]}
        />
      </div>
      {draft.caSource === 'text' && (
        <Pem
          label="CA certificate (PEM)"
          value={draft.caPem}
          onChange={(caPem) => change({ caPem })}
          error={errors[`${at}.ca.pem`]}
        />
      )}
      {draft.caSource === 'file' && (
        <>
          <Path
            label="CA file"
            value={draft.caPath}
            onChange={(caPath) => change({ caPath })}
            error={errors[`${at}.ca.path`]}
            note="Certificates (PEM, DER) or a trust store (JKS, PKCS12). Read each time you connect."
          />
          {secret('truststorePassphrase')}
        </>
      )}
      {children}
      <div className={s.stack}>
        <Toggle isSelected={draft.verify} onChange={(verify) => change({ verify })}>
          Verify the {whose} certificates
        </Toggle>
        <Toggle
          isSelected={draft.verify && draft.verifyHostName}
          isDisabled={!draft.verify}
          onChange={(verifyHostName) => change({ verifyHostName })}
        >
          Check that the certificate is for this host
        </Toggle>
      </div>
      <ClientCertificate {...{ draft, errors, change, secret }} client={`${at}.clientCertificate`} />
    </>
  )
}

// oxlint-disable-next-line max-lines-per-function -- the fields of a certificate in their order; its form decides which are shown
function ClientCertificate({
  draft,
  errors,
  change,
  secret,
  client,
}: Pick<TlsFieldsProps, 'draft' | 'errors' | 'change' | 'secret'> & { client: string }) {
  return (
    <>
      <div className={s.stack}>
        <span className={s.label}>Client certificate</span>
        <Segmented
          label="Client certificate"
          value={draft.client}
          onChange={(kind) => change({ client: kind })}
          options={[
            { id: 'none', label: 'None' },
            { id: 'pem', label: 'PEM' },
            { id: 'pkcs12', label: 'Keystore' },
          ]}
        />
      </div>
      {draft.client === 'pem' && (
        <>
          <Segmented
            label="Where the certificate is"
            value={draft.certificateSource}
            onChange={(certificateSource) => change({ certificateSource })}
            options={[
              { id: 'file', label: 'Certificate file' },
              { id: 'text', label: 'Certificate, pasted' },
            ]}
          />
          {draft.certificateSource === 'file' ? (
            <Path
              label="Certificate file"
              value={draft.certificatePath}
              onChange={(certificatePath) => change({ certificatePath })}
              error={errors[`${client}.certificate.path`]}
            />
          ) : (
            <Pem
              label="Certificate (PEM)"
              value={draft.certificatePem}
              onChange={(certificatePem) => change({ certificatePem })}
              error={errors[`${client}.certificate.pem`]}
            />
          )}
          <Segmented
            label="Where the private key is"
            value={draft.keySource}
            onChange={(keySource) => change({ keySource })}
            options={[
              { id: 'file', label: 'Key file' },
              { id: 'secret', label: 'Key, pasted' },
            ]}
          />
          {draft.keySource === 'file' ? (
            <Path
              label="Private key file"
              value={draft.keyPath}
              onChange={(keyPath) => change({ keyPath })}
              error={errors[`${client}.key.path`]}
            />
          ) : (
            secret('privateKey')
          )}
          {secret('keyPassphrase')}
        </>
      )}
      {draft.client === 'pkcs12' && (
        <>
          <Segmented
            label="Where the keystore is"
            value={draft.keystoreSource}
            onChange={(keystoreSource) => change({ keystoreSource })}
            options={[
              { id: 'file', label: 'Keystore file' },
              { id: 'secret', label: 'Keystore, stored' },
            ]}
          />
          {draft.keystoreSource === 'file' ? (
            <Path
              label="Keystore file"
              value={draft.keystorePath}
              onChange={(keystorePath) => change({ keystorePath })}
              error={errors[`${client}.keystore.path`]}
              note="JKS or PKCS12. Read each time you connect."
            />
          ) : (
            secret('keystore')
          )}
          {secret('keystorePassphrase')}
          {secret('keyPassphrase')}
          <TextField
            label="Alias"
            mono
            value={draft.keystoreAlias}
            onChange={(keystoreAlias) => change({ keystoreAlias })}
            placeholder="the only key"
            error={errors[`${client}.alias`]}
            note="Which key to present, where the keystore holds several."
          />
        </>
      )}
    </>
  )
}

interface TextProps {
  label: string
  value: string
  onChange: (value: string) => void
  error: string | undefined
}

function Path({ note = 'Read each time you connect.', ...props }: TextProps & { note?: string }) {
  return <TextField {...props} mono isRequired placeholder="/path/to/file.pem" note={note} />
}

function Pem({ label, value, onChange, error }: TextProps) {
  return (
    <div className={s.stack}>
      <TextField
        {...{ label, value, onChange, error }}
        mono
        multiline
        rows={4}
        isRequired
        placeholder="-----BEGIN CERTIFICATE-----"
      />
      <FileButton
        label="Load from a file…"
        accept=".pem,.crt,.cer,.ca"
        onFile={async (file) => onChange(await file.text())}
      />
    </div>
  )
}
