import { lazy, Suspense, type Ref } from 'react'
import { recordParts, type RecordPart } from '#shared/filters/predicate.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { DateTimeField } from '../../ui/date-time-field.tsx'
import type { ExpressionHandle, Suggestion } from '../../ui/expression-field.tsx'
import { CloseIcon } from '../../ui/icons.ts'
import { OffsetField } from '../../ui/offset-field.tsx'
import { MultiSelect } from '../../ui/partition-picker.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Select } from '../../ui/select.tsx'
import { SearchField } from '../../ui/text-field.tsx'
import { useZone } from '../../workbench/services.ts'
import type { SearchMode, SearchUntil } from './search-form.ts'
import type { SearchStore } from './search-store.ts'
import { useSearch } from './use-search.ts'
import s from './search.module.css'

const ExpressionField = lazy(async () => {
  const { ExpressionField: field } = await import('../../ui/expression-field.tsx')
  return { default: field }
})

const modes = [
  { id: 'text', label: 'Text', note: 'as it stands there' },
  { id: 'regex', label: 'Regex', note: 'RE2 syntax' },
  { id: 'form', label: 'Form', note: 'field, operator, value' },
  { id: 'expression', label: 'Expression', note: 'CEL, over decoded values' },
] as const satisfies readonly { id: SearchMode | 'form'; label: string; note: string }[]

const expressionExample = 'value.total > 100.0 && has(headers.retry)'
const placeholders: Readonly<Record<SearchMode, string>> = {
  text: 'Narrow what is loaded; Enter searches the topic',
  regex: 'Regular expression of RE2; Enter searches the topic',
  expression: expressionExample,
}
const placeholdersOfSeveral: Readonly<Record<SearchMode, string>> = {
  text: 'Text in key, value or headers; Enter searches',
  regex: 'Regular expression of RE2; Enter searches',
  expression: expressionExample,
}

export interface SearchBarProps {
  store: SearchStore
  /** For several topics: there are no loaded rows to filter. */
  isOfSeveral?: boolean
  inputRef: Ref<HTMLInputElement>
  expression: Ref<ExpressionHandle>
  onEnter: () => void
  /** Arrow Down: moves the focus into the list. */
  onDown: () => void
  suggest: (typed: string) => Promise<readonly Suggestion[]>
}

/** The one field of the list: typing filters the loaded rows, and Enter searches the whole range. */
export function SearchBar({
  store,
  isOfSeveral = false,
  inputRef,
  expression,
  onEnter,
  onDown,
  suggest,
}: SearchBarProps) {
  const { mode, texts, isForm } = useSearch(store, ({ form }) => form)
  const problem = useSearch(store, (state) => state.problem)
  const type = (text: string) => store.change({ texts: { ...texts, [mode]: text } })
  return (
    <div className={s.search}>
      <Select<SearchMode | 'form'>
        label="Search by"
        layout="hidden"
        options={modes}
        value={mode === 'expression' && isForm ? 'form' : mode}
        onChange={(next) => store.change({ mode: next === 'form' ? 'expression' : next, isForm: next === 'form' })}
      />
      {mode === 'expression' ? (
        <Suspense fallback={<div className={s.words} />}>
          <ExpressionField
            label="Search"
            placeholder={expressionExample}
            value={texts.expression}
            onChange={type}
            onEnter={onEnter}
            onDown={onDown}
            problem={problem}
            suggest={suggest}
            handle={expression}
          />
        </Suspense>
      ) : (
        <SearchField
          label="Search"
          placeholder={(isOfSeveral ? placeholdersOfSeveral : placeholders)[mode]}
          className={s.words}
          value={texts[mode]}
          onChange={type}
          onSubmit={onEnter}
          onDown={onDown}
          inputRef={inputRef}
        />
      )}
      {problem !== undefined && (
        <p className={s.problem} role="alert">
          {problem.length > 0 ? `Character ${problem.at + 1}: ${problem.message}` : problem.message}
        </p>
      )}
    </div>
  )
}

/** Conditions that apply in addition to the text in the field; each can be removed. */
export function SearchConditions({ store, onChanged }: { store: SearchStore; onChanged: () => void }) {
  const conditions = useSearch(store, ({ form }) => form.conditions)
  return conditions.map((condition) => (
    <Button
      key={condition}
      size="small"
      className={s.condition}
      aria-label={`Without ${condition}`}
      onPress={() => {
        store.change({ conditions: conditions.filter((one) => one !== condition) })
        onChanged()
      }}
    >
      <code title={condition}>
        <SafeText text={condition} limit={200} />
      </code>
      <CloseIcon size={12} aria-hidden="true" />
    </Button>
  ))
}

const partOptions = [
  { id: 'key', label: 'Key' },
  { id: 'value', label: 'Value' },
  { id: 'headers', label: 'Headers' },
] as const satisfies readonly { id: RecordPart; label: string }[]

const untils = [
  { id: 'all', label: 'as far as the log goes' },
  { id: 'timestamp', label: 'timestamp' },
  { id: 'offset', label: 'offset', note: 'in each partition' },
] as const satisfies readonly { id: SearchUntil; label: string; note?: string }[]

/** How the text is interpreted, and where the search ends. */
export function SearchOptions({ store, isOfSeveral = false }: { store: SearchStore; isOfSeveral?: boolean }) {
  const form = useSearch(store, (state) => state.form)
  const zone = useZone()
  return (
    <>
      {form.mode !== 'expression' && (
        <>
          <MultiSelect
            label="Look in"
            summary={form.parts.length === recordParts.length ? 'key, value, headers' : form.parts.join(', ')}
            options={partOptions}
            value={[...form.parts]}
            onChange={(parts) => {
              if (parts.length > 0) store.change({ parts: recordParts.filter((part) => parts.includes(part)) })
            }}
          />
          <Checkbox isSelected={form.matchCase} onChange={(matchCase) => store.change({ matchCase })}>
            Match case
          </Checkbox>
        </>
      )}
      {form.mode === 'text' && (
        <Checkbox isSelected={form.wholeWord} onChange={(wholeWord) => store.change({ wholeWord })}>
          Whole words
        </Checkbox>
      )}
      <Select<SearchUntil>
        label="Search until"
        // An offset is useless in another topic.
        options={isOfSeveral ? untils.filter(({ id }) => id !== 'offset') : untils}
        value={form.until}
        onChange={(until) => store.change({ until })}
      />
      {form.until === 'timestamp' && (
        <DateTimeField
          label="Until time"
          zone={zone}
          value={form.untilTime}
          onChange={(untilTime) => store.change({ untilTime })}
        />
      )}
      {form.until === 'offset' && (
        <OffsetField
          label="Until offset"
          value={form.untilOffset}
          onChange={(untilOffset) => store.change({ untilOffset })}
        />
      )}
      <Checkbox isSelected={form.newestPerKey} onChange={(newestPerKey) => store.change({ newestPerKey })}>
        Newest record of each key only
      </Checkbox>
      {!isOfSeveral && (
        <Checkbox isSelected={form.untilFirst} onChange={(untilFirst) => store.change({ untilFirst })}>
          Follow until the first match
        </Checkbox>
      )}
    </>
  )
}
