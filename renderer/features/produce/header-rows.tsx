import { useState } from 'react'
import type { InputProblem, RecordCheck } from '#shared/contract/produce.ts'
import type { PlainInput } from '#shared/model/produce.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { formatBytes } from '../../ui/format.ts'
import { MoreIcon, PlusIcon } from '../../ui/icons.ts'
import { Menu, type MenuEntry } from '../../ui/menu.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { kindOf, respelt, typedOf, withTyped, type PartDraft, type Spelling } from './part-draft.ts'
import type { HeaderRow } from './produce-form.ts'
import type { ProduceStore } from './produce-store.ts'
import s from './produce.module.css'

/** Each row has several fields and a menu: thousands of rows would block the page. */
const DRAWN = 100

export interface HeaderRowsProps {
  store: ProduceStore
  headers: readonly HeaderRow[]
  check: RecordCheck | undefined
  /** How many headers of the original record could not be loaded. */
  missing: number
}

/** Headers in their order. Two may have the same name, and a value may be null. */
export function HeaderRows({ store, headers, check, missing }: HeaderRowsProps) {
  const added = check?.addedHeaders ?? []
  return (
    <section className={s.section} aria-label="Headers">
      <div className={s.partHead}>
        <h3>Headers</h3>
        <span className={s.dim}>{headers.length === 0 ? 'none' : `${headers.length}, in this order`}</span>
        <span className={s.grow} />
        <Button size="small" onPress={store.addHeader}>
          <PlusIcon size={12} aria-hidden="true" />
          Add a header
        </Button>
      </div>
      {headers.slice(0, DRAWN).map((row, at) => (
        <Row key={row.id} store={store} row={row} at={at} count={headers.length} problems={check?.headers[at]} />
      ))}
      {headers.length > DRAWN && (
        <p className={s.dim}>
          The first {DRAWN} of {headers.length} are shown; the others are written as they are.
        </p>
      )}
      {missing > 0 && (
        <p className={s.bad}>
          {missing} more headers of the record are not here. Replay the record to copy it with all of them.
        </p>
      )}
      {added.length > 0 && (
        <p className={s.dim}>
          <SafeText text={`Beside them, for the schema: ${added.join(', ')}.`} limit={300} />
        </p>
      )}
    </section>
  )
}

interface RowProps {
  store: ProduceStore
  row: HeaderRow
  at: number
  count: number
  problems: { name: readonly InputProblem[]; value: readonly InputProblem[] } | undefined
}

const spellings: readonly (readonly [Spelling, string])[] = [
  ['text', 'text'],
  ['hex', 'hex'],
  ['base64', 'base64'],
]

function Row({ store, row, at, count, problems }: RowProps) {
  const [refused, setRefused] = useState<string>()
  const turn = (part: 'name' | 'value', as: Spelling) => {
    const turned = respelt(row[part], as)
    if (typeof turned === 'string') return setRefused(turned)
    setRefused(undefined)
    store.changeHeader(row.id, { [part]: turned })
  }
  const ways = (part: 'name' | 'value') =>
    spellings.map(([as, word]) => ({
      id: `${part}-${as}`,
      label: `as ${word}`,
      isChecked: kindOf(row[part]) === as,
      onAction: () => turn(part, as),
    }))
  const items: MenuEntry[] = [
    { heading: 'Name', items: ways('name') },
    {
      heading: 'Value',
      items: [
        ...ways('value'),
        {
          id: 'value-null',
          label: 'null',
          isChecked: row.value === null,
          onAction: () => store.changeHeader(row.id, { value: null }),
        },
      ],
    },
    '-',
    { id: 'up', label: 'Move up', isDisabled: at === 0, onAction: () => store.moveHeader(row.id, -1) },
    { id: 'down', label: 'Move down', isDisabled: at === count - 1, onAction: () => store.moveHeader(row.id, 1) },
    {
      id: 'remove',
      label: 'Remove',
      onAction: () => store.change({ headers: store.getState().form.headers.filter((other) => other.id !== row.id) }),
    },
  ]
  return (
    <div className={s.header}>
      <Field
        label={`Name ${at + 1}`}
        placeholder="name"
        draft={row.name}
        problems={problems?.name}
        onChange={(name) => store.changeHeader(row.id, { name })}
      />
      <Field
        label={`Value ${at + 1}`}
        placeholder="empty"
        draft={row.value}
        problems={problems?.value}
        refused={refused}
        onChange={(value) => store.changeHeader(row.id, { value })}
      />
      <Menu
        label={`Header ${at + 1}`}
        placement="bottom end"
        items={items}
        trigger={
          <IconButton label={`More for header ${at + 1}`} size="small">
            <MoreIcon size={13} />
          </IconButton>
        }
      />
    </div>
  )
}

interface FieldProps {
  label: string
  placeholder: string
  draft: PartDraft
  problems: readonly InputProblem[] | undefined
  refused?: string | undefined
  onChange: (draft: PlainInput) => void
}

function Field({ label, placeholder, draft, problems, refused, onChange }: FieldProps) {
  const plain = draft === null || 'json' in draft ? null : draft
  const isFixed = plain === null || plain.as === 'bytes'
  return (
    <TextField
      label={label}
      layout="hidden"
      mono
      isReadOnly={isFixed}
      value={typedOf(plain)}
      placeholder={plain === null ? 'null' : plain.as === 'bytes' ? formatBytes(plain.bytes.length) : placeholder}
      suffix={plain !== null && plain.as !== 'text' && <span className={s.spelling}>{plain.as}</span>}
      error={refused ?? problems?.[0]?.message}
      onChange={(typed) => plain !== null && onChange(withTyped(plain, typed))}
    />
  )
}
