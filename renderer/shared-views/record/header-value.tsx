import { useState } from 'react'
import { utf8Text, wholeCharacters } from '#shared/bytes.ts'
import type { HeaderValue } from '#shared/contract/messages.ts'
import { isText } from '#shared/model/decoded.ts'
import type { RowField } from '#shared/model/row-field.ts'
import { HexView } from '../../ui/hex-view.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { TextView } from '../../ui/text-view.tsx'
import { stepName } from '../value/value-nodes.ts'
import { ValueTree } from '../value/value-tree.tsx'
import { columnItem, type ColumnChoice } from './payload.tsx'
import s from './record.module.css'

type Form = 'tree' | 'text' | 'hex'

/** Whether a header has more than fits in its row. */
export function isOpenable({ value, valueAs, size }: HeaderValue): boolean {
  if (value === null || valueAs === null || value.length === 0) return false
  return size > 256 || valueAs.written !== null || ['record', 'list', 'map'].includes(valueAs.value?.kind ?? '')
}

/** A large or structured header, in the forms that a key or value has. */
export function HeaderForms({ header, name, columns }: { header: HeaderValue; name: string; columns: ColumnChoice }) {
  const { value, valueAs } = header
  const [chosen, setChosen] = useState<Form>()
  if (value === null || valueAs === null) return null
  const tree = valueAs.value
  const written = valueAs.written ?? value
  const text = isText(valueAs.form) ? utf8Text(wholeCharacters(written)) : null
  const form = chosen ?? (tree !== null ? 'tree' : text !== null ? 'text' : 'hex')
  const fieldAt = (path: Parameters<typeof stepName>[0][]): RowField => ({ part: 'header', path: [name, ...path.map(stepName)] }) // oxfmt-ignore
  return (
    <div className={s.headerForms}>
      <Segmented<Form>
        label={`Form of the header ${name}`}
        value={form}
        onChange={setChosen}
        options={[
          { id: 'tree', label: 'Tree', isDisabled: tree === null },
          { id: 'text', label: 'Text', isDisabled: text === null },
          { id: 'hex', label: 'Hex' },
        ]}
      />
      <div className={s.headerForm}>
        {form === 'tree' && tree !== null && (
          <ValueTree
            label={`Header ${name} as a tree`}
            root={name}
            value={tree}
            actions={(path) => columnItem(columns, fieldAt([...path]), 'Alt+L')}
            onKey={(path, event) => {
              if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== 'KeyL') return false
              columns.toggle?.(fieldAt([...path]))
              return true
            }}
          />
        )}
        {form === 'text' && text !== null && <TextView label={`Header ${name} as text`} text={text} />}
        {form === 'hex' && <HexView label={`Header ${name} in hex`} bytes={value} />}
      </div>
    </div>
  )
}
