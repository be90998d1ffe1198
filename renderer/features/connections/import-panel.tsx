import { useState } from 'react'
import type { Held } from '#shared/model/profile-caution.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import type { Choosing, ImportOutcome } from './profiles-store.ts'
import s from './connections.module.css'

export interface ImportPanelProps {
  onImport: (text: string) => Promise<void>
  onClose?: (() => void) | undefined
  autoFocus?: boolean
}

const example = 'bootstrap.servers=kafka-1:9092\nsecurity.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\n…'

/** Pasted settings of another client. They are read here and sent to nobody but the app itself. */
export function ImportPanel({ onImport, onClose, autoFocus }: ImportPanelProps) {
  const [text, setText] = useState('')
  const [error, setError] = useState<unknown>()
  const [isPending, setPending] = useState(false)
  const fill = async () => {
    setPending(true)
    setError(undefined)
    try {
      await onImport(text)
      setText('')
    } catch (thrown) {
      setError(thrown)
    } finally {
      setPending(false)
    }
  }
  return (
    <div className={s.import}>
      <TextField
        label="Paste what a client already uses: properties, YAML, JSON, code, or a kcat command"
        multiline
        mono
        rows={4}
        value={text}
        onChange={setText}
        placeholder={example}
        autoFocus={autoFocus}
      />
      {error !== undefined && <ErrorBanner error={error} onDismiss={() => setError(undefined)} />}
      <div className={s.inline}>
        <Button isDisabled={text.trim() === ''} isPending={isPending} onPress={() => void fill()}>
          Fill the form
        </Button>
        {onClose !== undefined && (
          <Button variant="quiet" onPress={onClose}>
            Cancel
          </Button>
        )}
      </div>
    </div>
  )
}

export interface ChooseClusterProps {
  choosing: Choosing
  onChoose: (cluster: string) => Promise<void>
  onCancel: () => void
}

/** For a text with the settings of several clusters: one of them is imported, and nothing of the others. */
export function ChooseCluster({ choosing, onChoose, onCancel }: ChooseClusterProps) {
  const [error, setError] = useState<unknown>()
  return (
    <section className={s.import} aria-label="Choose a cluster">
      <h3 className={s.promptTitle}>{choosing.message}</h3>
      <p className={s.note}>Which one is this profile for? Only its settings are taken, nothing of the others.</p>
      <ul className={s.choices}>
        {choosing.choices.map((choice, at) => (
          <li key={choice.id}>
            <Button
              size="small"
              autoFocus={at === 0}
              onPress={() => {
                onChoose(choice.id).catch(setError)
              }}
            >
              <SafeText text={choice.name} limit={60} />
            </Button>
            <span className={s.choiceText}>
              <code>
                <SafeText text={choice.brokers.join(', ')} limit={200} />
              </code>
              <span className={s.dim}>{choice.security}</span>
            </span>
          </li>
        ))}
      </ul>
      {error !== undefined && <ErrorBanner error={error} onDismiss={() => setError(undefined)} />}
      <div className={s.inline}>
        <Button variant="quiet" onPress={onCancel}>
          Cancel
        </Button>
      </div>
    </section>
  )
}

const agreeWords: Record<Held['what'], string> = {
  access: 'Use that access',
  'read limit': 'Use that limit',
  verification: 'Do not verify',
  'host names': 'Do not check names',
  'server name': 'Use that name',
  'address map': 'Use that map',
  registry: 'Use that for the registry',
}

/** What each pasted setting became. */
export function ImportResult({
  understood,
  ignored,
  held,
  registry,
  onAgree,
}: ImportOutcome & { onAgree: (held: Held) => void }) {
  return (
    <section className={s.importResult} aria-label="What was pasted">
      <p>
        {understood.length} {understood.length === 1 ? 'setting' : 'settings'} understood
        {ignored.length > 0
          ? `, ${ignored.length} not used, assumed, or worth a look:`
          : '. Check the form, then test it.'}
      </p>
      {registry.length > 0 && (
        <p>
          Its schema registry is filled in as well: <SafeText text={registry.join(', ')} limit={300} />.
        </p>
      )}
      {held.length > 0 && (
        <ul className={s.held} aria-label="Held back">
          {held.map((one) => (
            <li key={one.what}>
              <SafeText text={one.why} />
              <Button size="small" onPress={() => onAgree(one)}>
                {agreeWords[one.what]}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {ignored.length > 0 && (
        <dl className={s.ignored}>
          {ignored.map(({ key, why }, index) => (
            <div key={`${key}-${index}`}>
              <dt>
                <code>
                  <SafeText text={key} limit={80} />
                </code>
              </dt>
              <dd>
                <SafeText text={why} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}
