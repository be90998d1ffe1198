import { useEffect, useMemo, useState } from 'react'
import type { SampledField } from '#shared/contract/search.ts'
import { formFacts, formOperators, type FormOperator, type NoForm } from '#shared/filters/filter-form.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ComboField } from '../../ui/combo-field.tsx'
import { CloseIcon, PlusIcon } from '../../ui/icons.ts'
import { Select } from '../../ui/select.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { TextField } from '../../ui/text-field.tsx'
import {
  draftOf,
  emptyRow,
  rowOf,
  sourceOfDraft,
  typeOfField,
  type FormDraft,
  type DraftRow,
  type ValueType,
} from './filter-form-draft.ts'
import type { SearchStore } from './search-store.ts'
import { useSearch } from './use-search.ts'
import s from './search.module.css'

const joins = [
  { id: 'all', label: 'all of these' },
  { id: 'any', label: 'any of these' },
] as const satisfies readonly { id: FormDraft['join']; label: string }[]

const operators = (Object.keys(formOperators) as FormOperator[]).map((id) => ({ id, label: id }))

const types = [
  { id: 'text', label: 'text' },
  { id: 'number', label: 'number' },
  { id: 'bool', label: 'true or false' },
  { id: 'timestamp', label: 'time', note: '2026-11-28T10:00:00Z' },
  { id: 'duration', label: 'duration', note: '1h30m' },
] as const satisfies readonly { id: ValueType; label: string; note?: string }[]

export interface FormPanelProps {
  store: SearchStore
  /** The fields of the newest records. */
  sampled: () => Promise<readonly SampledField[]>
  onEnter: () => void
}

/** The expression of the search field as rows of field, operator and value. Editing either updates the other. */
export function FormPanel({ store, sampled, onEnter }: FormPanelProps) {
  const source = useSearch(store, ({ form }) => form.texts.expression)
  const [fields, setFields] = useState<readonly SampledField[]>([])
  const [draft, setDraft] = useState(() => ({ of: source, made: draftOf(source) }))
  useEffect(() => {
    let isHere = true
    // Without names the form can still be filled in.
    sampled().then((found) => isHere && setFields(found), () => undefined) // oxfmt-ignore
    return () => {
      isHere = false
    }
  }, [sampled])
  // Edited as text: the rows are taken from the text again.
  if (draft.of !== source) setDraft({ of: source, made: draftOf(source) })
  const names = useMemo(() => [...fields.map(({ expression }) => expression), ...Object.keys(formFacts)], [fields])
  const change = (made: FormDraft) => {
    const of = sourceOfDraft(made)
    setDraft({ of, made })
    const { texts } = store.getState().form
    store.change({ texts: { ...texts, expression: of } })
  }
  const { made } = draft
  if ('why' in made) return <NoRows made={made} onAnew={() => change({ join: 'all', rows: [emptyRow()] })} />
  const put = (row: DraftRow) => change({ ...made, rows: made.rows.map((one) => (one.id === row.id ? row : one)) })
  const remove = ({ id }: DraftRow) => {
    const rows = made.rows.filter((one) => one.id !== id)
    change({ ...made, rows: rows.length === 0 ? [emptyRow()] : rows })
  }
  const missing = made.rows.filter((row) => rowOf(row) === undefined).length
  return (
    <section className={s.form} aria-label="Form">
      {made.rows.length > 1 && (
        <Select<FormDraft['join']>
          label="Match"
          layout="inline"
          options={joins}
          value={made.join}
          onChange={(join) => change({ ...made, join })}
        />
      )}
      <ol className={s.rows}>
        {made.rows.map((row, at) => (
          <li key={row.id}>
            <Row
              row={row}
              number={at + 1}
              names={names}
              fields={fields}
              onChange={put}
              onRemove={() => remove(row)}
              onEnter={onEnter}
            />
          </li>
        ))}
      </ol>
      <div className={s.formEnd}>
        <Button size="small" onPress={() => change({ ...made, rows: [...made.rows, emptyRow()] })}>
          <PlusIcon size={13} aria-hidden="true" />
          Add a row
        </Button>
        {missing > 0 && made.rows.length > missing && (
          <span className={s.quiet}>Rows without a field or a value are left out.</span>
        )}
      </div>
    </section>
  )
}

function NoRows({ made, onAnew }: { made: NoForm; onAnew: () => void }) {
  return (
    <section className={s.form} aria-label="Form">
      <StateView
        kind="partial"
        title="This expression says more than rows can."
        actions={
          <Button size="small" onPress={onAnew}>
            Start again with rows
          </Button>
        }
      >
        {`Character ${made.at + 1}: ${made.why} It is searched for as it is written.`}
      </StateView>
    </section>
  )
}

interface RowProps {
  row: DraftRow
  number: number
  names: readonly string[]
  fields: readonly SampledField[]
  onChange: (row: DraftRow) => void
  onRemove: () => void
  onEnter: () => void
}

function Row({ row, number, names, fields, onChange, onRemove, onEnter }: RowProps) {
  const takes = formOperators[row.operator]
  const name = (field: string) => {
    const type = field === row.field ? undefined : typeOfField(field, fields)
    onChange({ ...row, field, ...(type === undefined ? {} : { type }) })
  }
  return (
    <div className={s.row} role="group" aria-label={`Row ${number}`}>
      <ComboField
        label="Field"
        layout="inline"
        className={s.rowField}
        value={row.field}
        onChange={name}
        options={names}
        placeholder="value.customer.id"
      />
      <Select<FormOperator>
        label="Operator"
        layout="hidden"
        className={s.rowOperator}
        options={operators}
        value={row.operator}
        onChange={(operator) => onChange({ ...row, operator })}
      />
      {takes !== 'none' && (
        <TextField
          label={takes === 'some' ? 'Values' : 'Value'}
          layout="hidden"
          className={s.rowValue}
          mono
          value={row.value}
          onChange={(value) => onChange({ ...row, value })}
          onEnter={onEnter}
          placeholder={takes === 'some' ? 'with commas between' : row.type === 'bool' ? 'true' : ''}
        />
      )}
      {(takes === 'one' || takes === 'some') && (
        <Select<ValueType>
          label="as"
          layout="inline"
          className={s.rowType}
          options={types}
          value={row.type}
          onChange={(type) => onChange({ ...row, type })}
        />
      )}
      <IconButton label={`Remove row ${number}`} onPress={onRemove}>
        <CloseIcon size={14} />
      </IconButton>
    </div>
  )
}
