import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import type { Imported } from './profiles-store.ts'
import s from './connections.module.css'

export interface ImportPanelProps {
  onImport: (text: string) => Promise<void>
  onClose?: (() => void) | undefined
  autoFocus?: boolean
}

const example = 'bootstrap.servers=kafka-1:9092\nsecurity.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\n…'

/** Settings somebody already has, pasted. They are read here and nowhere sent but to the app itself. */
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
        label="Paste a client.properties file, librdkafka settings, or a kcat command"
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

/** What became of each pasted setting. */
export function ImportResult({ understood, ignored }: Imported) {
  return (
    <section className={s.importResult} aria-label="What was pasted">
      <p>
        {understood.length} {understood.length === 1 ? 'setting' : 'settings'} understood
        {ignored.length > 0 ? `, ${ignored.length} not used or assumed:` : '. Look the form over, then test it.'}
      </p>
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
