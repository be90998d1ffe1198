import { useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import type { CodeHandle } from '../../ui/code-editor.tsx'
import { HeaderRows } from './header-rows.tsx'
import { PartField } from './part-field.tsx'
import type { FormErrors } from './produce-form.ts'
import type { ProduceState, ProduceStore } from './produce-store.ts'
import { PlaceFields } from './record-aside.tsx'
import { SeveralFields } from './generate-fields.tsx'
import { TemplatesDialog } from './templates-dialog.tsx'
import s from './produce.module.css'

export interface RecordFormProps {
  store: ProduceStore
  state: ProduceState
  errors: FormErrors
  hasChoice: { key: boolean; value: boolean }
}

/** One record as it is typed and checked: key and value on the left, everything else on the right. */
export function RecordForm({ store, state, errors, hasChoice }: RecordFormProps) {
  const { form, check, draft, templates } = state
  const key = useRef<CodeHandle>(null)
  const value = useRef<CodeHandle>(null)
  /** Text is inserted into the editor that was used last. */
  const last = useRef<'key' | 'value'>('value')
  const [showsTemplates, setShowsTemplates] = useState(false)
  const kept = templates.value?.length ?? 0
  const known = check.value
  const common = {
    isChecking: check.status === 'loading',
    onCheckAgain: () => void store.checkNow(),
    connectionId: form.connectionId,
    topic: form.topic,
  }
  return (
    <>
      <div className={s.parts}>
        <PartField
          part="key"
          draft={form.key}
          onChange={(next) => store.change({ key: next })}
          check={known?.key}
          hasChoice={hasChoice.key}
          editor={key}
          onFocus={() => (last.current = 'key')}
          {...common}
        />
        <PartField
          part="value"
          draft={form.value}
          onChange={(next) => store.change({ value: next })}
          check={known?.value}
          hasChoice={hasChoice.value}
          editor={value}
          onFocus={() => (last.current = 'value')}
          {...common}
        />
      </div>
      <aside className={s.aside} aria-label="Beside key and value">
        <div className={s.section}>
          <div className={s.tools}>
            <Button size="small" isDisabled={form.topic.trim() === ''} onPress={() => setShowsTemplates(true)}>
              {kept === 0 ? 'Templates…' : `Templates (${kept})…`}
            </Button>
            <Button size="small" onPress={store.revert}>
              {draft.value === undefined ? 'Clear' : 'Revert'}
            </Button>
          </div>
          {showsTemplates && <TemplatesDialog store={store} onClose={() => setShowsTemplates(false)} />}
        </div>
        {form.mode === 'several' && (
          <SeveralFields
            store={store}
            form={form}
            errors={errors}
            onInsert={(text) => (last.current === 'key' ? key : value).current?.insert(text)}
          />
        )}
        <PlaceFields
          store={store}
          form={form}
          errors={errors}
          check={known}
          ownTime={draft.value?.record.timestamp ?? null}
        />
        <HeaderRows store={store} headers={form.headers} check={known} missing={draft.value?.missingHeaders ?? 0} />
      </aside>
    </>
  )
}
