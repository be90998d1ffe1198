import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { generatorWords } from './generator-words.ts'
import type { FormErrors, ProduceForm } from './produce-form.ts'
import type { ProduceStore } from './produce-store.ts'
import s from './produce.module.css'

export interface SeveralFieldsProps {
  store: ProduceStore
  form: ProduceForm
  errors: FormErrors
  /** Inserts into the editor that was used last. */
  onInsert: (text: string) => void
}

/** How many records are made from the one, how fast, and the placeholders that it can contain. */
export function SeveralFields({ store, form, errors, onInsert }: SeveralFieldsProps) {
  return (
    <section className={s.section} aria-label="How many">
      <div className={s.pair}>
        <TextField
          label="Records"
          mono
          value={form.count}
          onChange={(count) => store.change({ count })}
          error={errors.count}
        />
        <RateField store={store} form={form} errors={errors} />
      </div>
      <h3>Generated for each record</h3>
      <ul className={s.generators}>
        {generatorWords.map(({ example, words }) => (
          <li key={example}>
            <Button size="small" variant="link" onPress={() => onInsert(example)}>
              <code>{example}</code>
            </Button>
            <span className={s.dim}>{words}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

export function RateField({ store, form, errors }: Omit<SeveralFieldsProps, 'onInsert'>) {
  return (
    <TextField
      label="Records a second"
      mono
      placeholder="as fast as can be"
      value={form.rate}
      onChange={(rate) => store.change({ rate })}
      error={errors.rate}
    />
  )
}
