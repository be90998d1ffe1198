import type { LinePart } from '#shared/model/produce.ts'
import { useServices } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { Toggle } from '../../ui/checkbox.tsx'
import { CodeField } from '../../ui/code-field.tsx'
import { formatBytes } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { toastFailure } from '../../ui/toast.tsx'
import { bySubjectOfTopic, EDITABLE } from './part-draft.ts'
import type { FormErrors, ProduceForm } from './produce-form.ts'
import type { ProduceStore } from './produce-store.ts'
import { RateField } from './generate-fields.tsx'
import s from './produce.module.css'

export interface LinesFormProps {
  store: ProduceStore
  form: ProduceForm
  errors: FormErrors
  hasChoice: { key: boolean; value: boolean }
}

const example = [
  '{"key":{"text":"order-1"},"value":{"json":{"total":12.5}},"headers":[{"name":"source","value":{"text":"test"}}]}',
  '{"key":{"text":"order-1"},"value":null}',
].join('\n')

/** Records from a file, one per line, as an export writes them. */
export function LinesForm({ store, form, errors, hasChoice }: LinesFormProps) {
  const { files } = useServices()
  const { lines } = form
  const set = setter(store)
  const open = () => {
    files
      .open('Records, one a line', ['ndjson', 'jsonl', 'json', 'txt'])
      .then((file) => file !== null && set({ from: 'text', name: file.name, text: file.text }), toastFailure)
  }
  const isLarge = lines.text.length > EDITABLE
  return (
    <>
      <div className={s.parts}>
        <section className={s.part} data-part="value" aria-label="The records">
          <div className={s.partHead}>
            <h3>Records, one a line</h3>
            <span className={s.dim}>
              {lines.from === 'text' && lines.text !== '' && (
                <SafeText
                  text={`${lines.name === '' ? '' : `${lines.name}, `}${formatBytes(lines.text.length)}`}
                  limit={200}
                />
              )}
            </span>
            <span className={s.grow} />
            <Segmented
              label="Where the records are"
              value={lines.from}
              onChange={(from) => set({ from })}
              options={[
                { id: 'text', label: 'Here' },
                { id: 'path', label: 'A file by its path' },
              ]}
            />
            <Button size="small" onPress={open}>
              Open a file…
            </Button>
          </div>
          {lines.from === 'path' ? (
            <TextField
              label="Path"
              mono
              value={lines.path}
              placeholder="/home/ada/orders.ndjson"
              note="The app reads it where it runs: up to a million lines, and 1 GiB."
              onChange={(path) => set({ path })}
            />
          ) : isLarge ? (
            <div className={s.kept}>
              <span>{formatBytes(lines.text.length)} of lines: too large for an editor, read as they are.</span>
              <Button size="small" onPress={() => set({ text: '', name: '' })}>
                Remove them
              </Button>
            </div>
          ) : (
            <div className={s.code}>
              <CodeField
                label="Records"
                text={lines.text}
                language="json"
                onChange={(text) => set({ text, ...(text === '' ? { name: '' } : {}) })}
              />
            </div>
          )}
          {errors.lines !== undefined && <p className={s.dim}>{errors.lines}</p>}
        </section>
      </div>
      <LinesAside store={store} form={form} errors={errors} hasChoice={hasChoice} />
    </>
  )
}

function LinesAside({ store, form, errors, hasChoice }: LinesFormProps) {
  const { lines } = form
  const set = setter(store)
  return (
    <aside className={s.aside}>
      <section className={s.section} aria-label="How lines are written">
        <LinePartField label="Keys" hasChoice={hasChoice.key} value={lines.key} onChange={(key) => set({ key })} />
        <LinePartField
          label="Values"
          hasChoice={hasChoice.value}
          value={lines.value}
          onChange={(value) => set({ value })}
        />
        <div className={s.pair}>
          <Select
            label="Partitions"
            options={[
              { id: 'keep', label: 'as the line says' },
              { id: 'by-key', label: 'by key' },
            ]}
            value={lines.partitioning}
            onChange={(partitioning) => set({ partitioning })}
          />
          <Select
            label="Timestamps"
            options={[
              { id: 'keep', label: 'as the line says' },
              { id: 'now', label: 'now' },
            ]}
            value={lines.timestamps}
            onChange={(timestamps) => set({ timestamps })}
          />
        </div>
        <RateField store={store} form={form} errors={errors} />
        <Toggle isSelected={form.skipBad} onChange={(skipBad) => store.change({ skipBad })}>
          Leave out lines that cannot be written
        </Toggle>
      </section>
      <section className={s.section} aria-label="What a line is">
        <h3>What a line is</h3>
        <p className={s.dim}>
          A JSON object, as an export writes it, with <code>key</code>, <code>value</code>, <code>headers</code>,{' '}
          <code>partition</code> and <code>timestamp</code>. A key or value is <code>null</code>,{' '}
          <code>{'{"text": …}'}</code>, <code>{'{"base64": …}'}</code> or <code>{'{"json": …}'}</code>.
        </p>
        {lines.from === 'text' && lines.text === '' && (
          <Button size="small" onPress={() => set({ text: example })}>
            Start from an example
          </Button>
        )}
      </section>
    </aside>
  )
}

const setter = (store: ProduceStore) => (part: Partial<ProduceForm['lines']>) =>
  store.change({ lines: { ...store.getState().form.lines, ...part } })

interface LinePartFieldProps {
  label: string
  hasChoice: boolean
  value: LinePart
  onChange: (value: LinePart) => void
}

function LinePartField({ label, hasChoice, value, onChange }: LinePartFieldProps) {
  return (
    <Select<LinePart['as']>
      label={label}
      value={value.as}
      options={[
        { id: 'line', label: 'as the line says', note: 'its schema, else JSON' },
        { id: 'schema', label: 'by the topic’s subject', note: 'latest version' },
        ...(hasChoice ? [{ id: 'choice' as const, label: 'as the topic is decoded' }] : []),
      ]}
      onChange={(as) => {
        if (as === 'line') onChange({ as })
        else if (as === 'choice') onChange({ as, choice: null })
        else onChange({ as, schema: bySubjectOfTopic, message: null, frame: null })
      }}
    />
  )
}
