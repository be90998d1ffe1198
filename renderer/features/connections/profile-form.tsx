import { Fragment } from 'react'
import { environmentDefaults, type Profile } from '#shared/model/profile.ts'
import { profileWarnings } from '#shared/model/profile-warnings.ts'
import { brokersOf, registryOf } from '#shared/model/endpoints.ts'
import { mechanismNames, mechanismOf } from '#shared/model/sasl/mechanisms.ts'
import type { SecretName } from '#shared/model/secret-names.ts'
import { colourOf } from '../../workbench/profile-colour.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { CloseIcon, WarnIcon } from '../../ui/icons.ts'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { TextField } from '../../ui/text-field.tsx'
import type { ProfileFormProps, SectionProps } from './form-props.ts'
import { FormSection } from './form-section.tsx'
import { checkDraft, withEnvironment, type ProfileDraft } from './profile-draft.ts'
import { accessWords } from '../../shared-views/connection/access-mode.ts'
import { accessModes, colours, environments } from './profile-words.ts'
import { SecretField } from '../../shared-views/secrets/secret-field.tsx'
import { RegistrySection } from './registry-section.tsx'
import { RegistryTest } from './registry-test.tsx'
import { TlsSection } from './tls-section.tsx'
import s from './connections.module.css'

const choices: readonly { id: ProfileDraft['mechanism']; label: string }[] = [
  { id: 'none', label: 'None' },
  ...mechanismNames.map((name) => ({ id: name, label: name })),
]

// oxlint-disable-next-line max-lines-per-function -- the sections of the form in their order; sections with logic of their own have files of their own
export function ProfileForm(props: ProfileFormProps) {
  const { draft, saved, errors, onChange, secretsSentence } = props
  const change = (part: Partial<ProfileDraft>) => onChange({ ...draft, ...part })
  const checked = checkDraft(draft)
  const loud = checked.ok ? profileWarnings(checked.profile) : []
  const usesSecrets =
    draft.mechanism !== 'none' || (draft.tls && draft.client !== 'none') || (checked.ok && hasSecrets(checked.profile))
  const secret = (name: SecretName) => (
    <SecretField
      name={name}
      typed={draft.secrets[name]}
      reference={draft.references[name]}
      isStored={saved?.stored.includes(name)}
      error={errors[`secrets.${name}`]}
      onChange={(value) => {
        const { [name]: _before, ...others } = draft.secrets
        change({ secrets: value === undefined ? others : { ...others, [name]: value } })
      }}
    />
  )
  const mechanism = mechanismOf(draft)
  const section: SectionProps = { ...props, change, secret }
  const usual = environmentDefaults(draft.environment)
  return (
    <>
      {loud.length > 0 && (
        <div className={s.loud} role="alert">
          <WarnIcon size={15} aria-hidden="true" />
          <ul>
            {loud.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </div>
      )}
      <FormSection title="Cluster">
        <TextField
          label="Brokers"
          isRequired
          mono
          value={draft.brokers}
          onChange={(brokers) => change({ brokers })}
          placeholder="kafka-1:9092, [::1]:9092"
          error={errors['brokers']}
          note="Where to connect first, as host:port; the cluster then reports its other brokers."
        />
        <TextField
          label="Name"
          value={draft.name}
          onChange={(name) => change({ name })}
          placeholder={checked.ok ? checked.profile.name : 'orders-staging'}
          error={errors['name']}
          note={`Typed to confirm writes, if the access mode asks for it.`}
        />
        <div className={s.row}>
          <Select
            label="Environment"
            options={environments}
            value={draft.environment}
            onChange={(environment) => onChange(withEnvironment(draft, environment))}
          />
          <Select
            label="Colour"
            options={colours.map((colour) => ({ ...colour, note: <Swatch colour={colourOf(colour.id)} /> }))}
            value={draft.colour}
            onChange={(colour) => change({ colour })}
          />
          <span className={s.frame} style={{ '--frame': colourOf(draft.colour) } as React.CSSProperties} aria-hidden />
        </div>
      </FormSection>
      <FormSection title="Access">
        <div className={s.stack}>
          <Segmented
            label="Access mode"
            options={accessModes}
            value={draft.accessMode}
            onChange={(accessMode) => change({ accessMode })}
          />
          <p className={s.note}>{accessWords[draft.accessMode]}</p>
        </div>
        <TextField
          label="Read limit, MB/s"
          className={s.short}
          mono
          value={draft.readLimit}
          onChange={(readLimit) => change({ readLimit })}
          placeholder="none"
          error={errors['readLimit']}
          note={
            usual.readLimit === null
              ? 'Empty: as fast as the brokers send.'
              : `A laptop can read fast enough to slow busy brokers down; ${usual.readLimit} is usual here.`
          }
        />
      </FormSection>
      <TlsSection {...section} />
      <FormSection title="Sign-in (SASL)">
        <Segmented
          label="SASL mechanism"
          options={choices}
          value={draft.mechanism}
          onChange={(mechanism) => change({ mechanism })}
        />
        {mechanism !== null && (
          <div className={s.row}>
            {Object.entries(mechanism.fields).map(([name, { label }]) => (
              <TextField
                key={name}
                label={label}
                isRequired
                value={draft.signIn[name] ?? ''}
                onChange={(text) => change({ signIn: { ...draft.signIn, [name]: text } })}
                error={errors[`sasl.${name}`]}
              />
            ))}
            {(Object.keys(mechanism.secrets) as SecretName[]).map((name) => (
              <Fragment key={name}>{secret(name)}</Fragment>
            ))}
          </div>
        )}
      </FormSection>
      <RegistrySection {...section} test={<RegistryTest draft={draft} />} />
      {usesSecrets && secretsSentence !== undefined && <p className={s.secretsNote}>{secretsSentence}</p>}
      <AddressMapSection {...section} />
    </>
  )
}

function hasSecrets(profile: Profile): boolean {
  return [brokersOf(profile), registryOf(profile)].some((endpoint) => endpoint !== null && endpoint.required.length + endpoint.optional.length > 0) // oxfmt-ignore
}

function Swatch({ colour }: { colour: string }) {
  return <span className={s.swatch} style={{ background: colour }} aria-hidden="true" />
}

/** For tunnels and port forwards: the address at which an address advertised by the cluster can really be reached. */
function AddressMapSection({ draft, errors, change }: SectionProps) {
  const rows = draft.addressMap
  const set = (at: number, part: { from?: string; to?: string }) =>
    change({ addressMap: rows.map((row, index) => (index === at ? { ...row, ...part } : row)) })
  return (
    <FormSection
      title="Address map"
      note="For tunnels and port forwards: an address the cluster advertises, and where it is really reached. TLS still checks the advertised host."
    >
      {rows.map((row, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- rows have no identity but their place
        <div key={at} className={s.mapRow}>
          <TextField
            label={`Advertised address ${at + 1}`}
            layout="hidden"
            mono
            value={row.from}
            placeholder="broker-1.internal:9092"
            onChange={(from) => set(at, { from })}
            error={errors[`addressMap.${at}.from`]}
          />
          <span aria-hidden="true">→</span>
          <TextField
            label={`Reached at ${at + 1}`}
            layout="hidden"
            mono
            value={row.to}
            placeholder="localhost:19092"
            onChange={(to) => set(at, { to })}
            error={errors[`addressMap.${at}.to`]}
          />
          <IconButton
            label="Remove this line"
            size="small"
            onPress={() => change({ addressMap: rows.filter((_, index) => index !== at) })}
          >
            <CloseIcon size={13} />
          </IconButton>
        </div>
      ))}
      <div>
        <Button size="small" onPress={() => change({ addressMap: [...rows, { from: '', to: '' }] })}>
          Add an address
        </Button>
      </div>
    </FormSection>
  )
}
