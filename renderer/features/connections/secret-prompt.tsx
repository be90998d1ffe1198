import { useState } from 'react'
import { secretFacts } from '#shared/model/secret-names.ts'
import type { SecretNeed, SecretsInput } from '#shared/model/secrets.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { SecretField } from './secret-field.tsx'
import s from './connections.module.css'

export interface SecretPromptProps {
  profileName: string
  needs: readonly SecretNeed[]
  /** Where secrets are kept; `undefined` while that is not known. */
  keptIn: { kind: 'keychain' | 'memory'; sentence: string } | undefined
  isPending: boolean
  onConnect: (secrets: SecretsInput, remember: boolean, agreed: readonly string[]) => void
  /** Where an environment variable's content would go, in the words of whoever asks. */
  sentence?: string | undefined
  onCancel: () => void
}

/** Asks for what is missing, says why it is missing, and connects. */
export function SecretPrompt({
  profileName,
  needs,
  keptIn,
  isPending,
  sentence,
  onConnect,
  onCancel,
}: SecretPromptProps) {
  const [values, setValues] = useState<SecretsInput>({})
  const [remember, setRemember] = useState(false)
  // Agreeing is for environment variables; the rest is typed.
  const typed = needs.filter(({ why }) => why !== 'unagreed')
  const agreed = needs.flatMap(({ agreement }) => agreement ?? [])
  const isComplete = typed.every(({ name }) => (values[name] ?? '') !== '')
  const connect = () => {
    if (isComplete && !isPending) onConnect(values, remember, agreed)
  }
  return (
    <section className={s.prompt} aria-label={`Secrets for ${profileName}`}>
      <h3 className={s.promptTitle}>
        {typed.length === 0
          ? `Let ${profileName} use this computer’s environment variables?`
          : `${profileName} needs ${typed.map((need) => `its ${secretFacts[need.name].label}`).join(' and ')}.`}
      </h3>
      {agreed.length > 0 && sentence !== undefined && (
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
          note={whyWords(need)}
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
          {agreed.length > 0 ? 'Agree and connect' : 'Connect'}
        </Button>
        <Button onPress={onCancel}>Cancel</Button>
      </div>
    </section>
  )
}

export function whyWords({ name, why, variable }: SecretNeed): string {
  switch (why) {
    case 'unset':
      return `The environment variable ${variable ?? ''} is not set. Set it before starting Seekline, or type the ${secretFacts[name].label} here.`
    case 'changed':
      return 'What is stored was entrusted to other brokers or security settings than these, so it is asked for again.'
    case 'unagreed':
      return `The environment variable ${variable ?? ''} would be read as the ${secretFacts[name].label}, and sent to these brokers.`
    case 'unknown':
      return 'Not known in this run.'
  }
}
