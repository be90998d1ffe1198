import { useState } from 'react'
import { secretFacts } from '#shared/model/secret-names.ts'
import type { SecretsInput } from '#shared/model/secrets.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { SecretField } from './secret-field.tsx'
import { whyWords, type SecretsAsked } from './secrets-asked.ts'
import s from './secrets.module.css'

export interface SecretPromptProps {
  profileName: string
  asked: SecretsAsked
  /** Where secrets are kept; `undefined` while that is not known. */
  keptIn: { kind: 'keychain' | 'memory'; sentence: string } | undefined
  isPending: boolean
  /** What is done with them, on the button. */
  action?: string | undefined
  onConnect: (secrets: SecretsInput, remember: boolean, agreed: readonly string[]) => void
  onCancel: () => void
}

/** Asks for missing secrets, says why they are missing, and connects. */
export function SecretPrompt({
  profileName,
  asked,
  keptIn,
  isPending,
  action = 'Connect',
  onConnect,
  onCancel,
}: SecretPromptProps) {
  const [values, setValues] = useState<SecretsInput>({})
  const [remember, setRemember] = useState(false)
  const { needs, what, sentence } = asked
  // Environment variables need agreement; other secrets are typed.
  const typed = needs.filter(({ why }) => why !== 'unagreed')
  const agreed = needs.flatMap(({ agreement }) => agreement ?? [])
  const isComplete = typed.every(({ name }) => (values[name] ?? '') !== '')
  const connect = () => {
    if (isComplete && !isPending) onConnect(values, remember, agreed)
  }
  const whose = what === 'registry' ? `The schema registry of ${profileName}` : profileName
  return (
    <section className={s.prompt} data-secrets aria-label={`Secrets for ${profileName}`}>
      <h3 className={s.promptTitle}>
        {typed.length === 0
          ? `Let ${profileName} use this computer’s environment variables?`
          : `${whose} needs ${typed.map((need) => `its ${secretFacts[need.name].label}`).join(' and ')}.`}
      </h3>
      {agreed.length > 0 && (
        <p>
          <SafeText text={sentence} />
        </p>
      )}
      {typed.map((need, index) => (
        <SecretField
          key={need.name}
          name={need.name}
          typed={values[need.name]}
          autoFocus={index === 0}
          onEnter={connect}
          note={whyWords(need, what)}
          onChange={(value) => setValues((before) => ({ ...before, [need.name]: value ?? '' }))}
        />
      ))}
      {typed.length > 0 && keptIn?.kind === 'keychain' && (
        <Checkbox isSelected={remember} onChange={setRemember}>
          Remember in the system’s keychain
        </Checkbox>
      )}
      {typed.length > 0 && keptIn?.kind === 'memory' && <p className={s.note}>{keptIn.sentence}</p>}
      <div className={s.inline}>
        <Button variant="primary" isDisabled={!isComplete} isPending={isPending} onPress={connect}>
          {agreed.length > 0 ? `Agree and ${action.toLowerCase()}` : action}
        </Button>
        <Button onPress={onCancel}>Cancel</Button>
      </div>
    </section>
  )
}
