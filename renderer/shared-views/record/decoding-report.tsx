import type { Decoded } from '#shared/model/decoded.ts'
import { Button } from '../../ui/button.tsx'
import { CheckIcon } from '../../ui/icons.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { typeText } from '../value/value-words.ts'
import s from './record.module.css'

interface ReportProps {
  label: string
  as: Decoded
  onDecodeAs: () => void
  onOpenSchema: () => void
}

/** Which encodings were tried, in order: why each did not fit, and which one did. */
export function Report({ label, as, onDecodeAs, onOpenSchema }: ReportProps) {
  const { encoding, attempts, value } = as
  const isDecoded = encoding !== 'bytes'
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is scrolled by keys
    <div className={s.report} role="region" aria-label={label} tabIndex={0}>
      <p>
        {isDecoded
          ? attempts.length === 0
            ? 'The first encoding that was tried fits.'
            : 'Encodings were tried in this order; the first that fits is taken.'
          : 'No encoding fits. The bytes are shown as they are stored.'}
      </p>
      <ol>
        {attempts.map((attempt, at) => (
          <li key={at}>
            <b>
              <SafeText text={attempt.encoding} limit={100} />
            </b>
            <span>
              <SafeText text={attempt.reason} limit={2_000} />
            </span>
          </li>
        ))}
        {isDecoded && (
          <li data-taken="">
            <b>
              <CheckIcon size={12} aria-hidden="true" /> <SafeText text={encoding} limit={100} />
            </b>
            <span>
              {formWords[as.form]}
              {as.schema !== undefined && (
                <>
                  {' · '}
                  <SafeText text={schemaWords(as.schema)} limit={300} />
                </>
              )}
              {value?.type !== undefined && value.type !== as.schema?.type && (
                <>
                  {' · '}
                  <code>
                    <SafeText text={typeText(value)} limit={300} />
                  </code>
                </>
              )}
            </span>
          </li>
        )}
      </ol>
      <div className={s.reportActions}>
        {as.schema !== undefined && (
          <Button size="small" onPress={onOpenSchema}>
            Open schema
          </Button>
        )}
        <Button size="small" onPress={onDecodeAs}>
          Decode as…
        </Button>
      </div>
    </div>
  )
}

/** "orders-value version 7: com.acme.Order". */
function schemaWords({ subject, version, type }: NonNullable<Decoded['schema']>): string {
  if (subject === null) return type
  return version === null ? `${subject}: ${type}` : `${subject} version ${version}: ${type}`
}

const formWords: Readonly<Record<Decoded['form'], string>> = {
  json: 'taken: it is shown as JSON',
  text: 'taken: it is text',
  control: 'taken: text with control characters, shown in hex',
  bytes: 'taken as bytes',
}
