import type { ReactNode } from 'react'
import type { SecretName } from '#shared/model/secret-names.ts'
import type { RegistryAuth, RegistryKind } from '#shared/model/registry.ts'
import { SecretField } from '../../shared-views/secrets/secret-field.tsx'
import { Toggle } from '../../ui/checkbox.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { TextField } from '../../ui/text-field.tsx'
import type { SectionProps } from './form-props.ts'
import { FormSection } from './form-section.tsx'
import { usesTls, withKind, type RegistryDraft } from './registry-draft.ts'
import { TlsFields } from './tls-section.tsx'
import s from './connections.module.css'

const kinds: readonly { id: RegistryKind; label: string }[] = [
  { id: 'confluent', label: 'Confluent' },
  { id: 'karapace', label: 'Karapace' },
  { id: 'apicurio', label: 'Apicurio' },
  { id: 'glue', label: 'AWS Glue' },
  { id: 'azure', label: 'Azure' },
]

/** An example of an address for each kind of registry. */
const addressOf: Partial<Record<RegistryKind, string>> = {
  glue: 'https://glue.eu-central-1.amazonaws.com',
  azure: 'https://shop.servicebus.windows.net',
}

const auths: readonly { id: RegistryAuth['kind']; label: string }[] = [
  { id: 'none', label: 'None' },
  { id: 'basic', label: 'Basic' },
  { id: 'bearer', label: 'Bearer token' },
  { id: 'oauth', label: 'OAuth' },
]

export interface RegistrySectionProps extends SectionProps {
  /** The registry's own test, beside the connection's. */
  test: ReactNode
}

/** The settings of the registry that holds the schemas of this cluster's records. */
export function RegistrySection(props: RegistrySectionProps) {
  const { draft, test } = props
  const { registry } = draft
  const change = (part: Partial<RegistryDraft>) => props.change({ registry: { ...registry, ...part } })
  return (
    <FormSection title="Schema registry">
      <Toggle isSelected={registry.isUsed} onChange={(isUsed) => change({ isUsed })}>
        Read schemas from a registry
      </Toggle>
      {registry.isUsed && (
        <>
          <RegistryFields {...props} registry={registry} changeRegistry={change} />
          {test}
        </>
      )}
    </FormSection>
  )
}

interface FieldsProps extends SectionProps {
  registry: RegistryDraft
  changeRegistry: (part: Partial<RegistryDraft>) => void
}

// oxlint-disable-next-line max-lines-per-function -- the fields of a registry in their order; its kind decides which are shown
function RegistryFields({ draft, saved, errors, change, registry, changeRegistry }: FieldsProps) {
  const secret = (name: SecretName) => (
    <SecretField
      key={name}
      name={name}
      typed={draft.registrySecrets[name]}
      reference={registry.references[name]}
      isStored={saved?.registryStored.includes(name)}
      error={errors[`registrySecrets.${name}`]}
      onChange={(value) => {
        const { [name]: _before, ...others } = draft.registrySecrets
        change({ registrySecrets: value === undefined ? others : { ...others, [name]: value } })
      }}
    />
  )
  const text = (
    name: TextName,
    label: string,
    more: { note?: string; placeholder?: string; isRequired?: boolean } = {},
  ) => (
    // oxfmt-ignore
    <TextField
      label={label}
      mono
      value={registry[name]}
      onChange={(value) => changeRegistry({ [name]: value })}
      error={errors[paths[name]]}
      {...more}
    />
  )
  return (
    <>
      {text('urls', 'Addresses', {
        isRequired: true,
        placeholder: addressOf[registry.kind] ?? 'https://schemas.example:8081',
        note: 'Several addresses of one registry, separated by commas: if one does not answer, the next is tried.',
      })}
      <div className={s.row}>
        <Select
          label="Kind"
          options={kinds}
          value={registry.kind}
          onChange={(kind) => changeRegistry(withKind(registry, kind))}
        />
        {registry.kind !== 'glue' &&
          registry.kind !== 'azure' &&
          text('context', 'Context', { placeholder: '.staging' })}
      </div>
      {registry.kind === 'glue' ? (
        <div className={s.row}>
          {text('accessKeyId', 'Access key id', { isRequired: true })}
          {secret('secretKey')}
          {secret('sessionToken')}
        </div>
      ) : (
        <>
          <div className={s.stack}>
            <span className={s.label}>Sign-in</span>
            <Segmented
              label="How to sign in at the registry"
              options={auths}
              value={registry.auth}
              onChange={(auth) => changeRegistry({ auth })}
            />
          </div>
          {registry.auth === 'basic' && (
            <div className={s.row}>
              {text('username', 'Registry user', { isRequired: true })}
              {secret('password')}
            </div>
          )}
          {registry.auth === 'bearer' && secret('token')}
          {registry.auth === 'oauth' && (
            <>
              {text('tokenUrl', 'Token address', {
                isRequired: true,
                placeholder: 'https://login.example/oauth2/token',
              })}
              <div className={s.row}>
                {text('clientId', 'Client id', { isRequired: true })}
                {secret('clientSecret')}
              </div>
              {text(
                'scope',
                'Scope',
                registry.kind === 'azure' ? { placeholder: 'https://eventhubs.azure.net/.default' } : {},
              )}
            </>
          )}
          {registry.kind !== 'azure' && (registry.auth === 'bearer' || registry.auth === 'oauth') && (
            <div className={s.row}>
              {text('logicalCluster', 'Logical cluster', { placeholder: 'lsrc-…', note: 'Confluent Cloud only.' })}
              {text('identityPool', 'Identity pool', { placeholder: 'pool-…', note: 'Confluent Cloud only.' })}
            </div>
          )}
        </>
      )}
      {usesTls(registry) && (
        <TlsFields
          draft={registry}
          change={changeRegistry}
          errors={errors}
          secret={secret}
          at="registry.tls"
          whose="registry’s"
        />
      )}
      <div className={s.row}>
        {text('proxyUrl', 'Proxy', {
          placeholder: 'http://proxy.example:3128',
          note: 'http, https or socks5; empty: none.',
        })}
        {registry.proxyUrl.trim() !== '' && text('proxyUsername', 'Proxy user')}
      </div>
      {registry.proxyUrl.trim() !== '' && registry.proxyUsername.trim() !== '' && secret('proxyPassword')}
    </>
  )
}

type TextName = 'urls' | 'context' | 'username' | 'tokenUrl' | 'clientId' | 'scope' | 'logicalCluster' | 'identityPool' | 'accessKeyId' | 'proxyUrl' | 'proxyUsername' // oxfmt-ignore

/** The path of each field in the profile, by which errors are found. */
const paths: Record<TextName, string> = {
  urls: 'registry.urls',
  context: 'registry.context',
  username: 'registry.auth.username',
  tokenUrl: 'registry.auth.tokenUrl',
  clientId: 'registry.auth.clientId',
  scope: 'registry.auth.scope',
  logicalCluster: 'registry.auth.logicalCluster',
  identityPool: 'registry.auth.identityPool',
  accessKeyId: 'registry.auth.accessKeyId',
  proxyUrl: 'registry.proxy.url',
  proxyUsername: 'registry.proxy.username',
}
