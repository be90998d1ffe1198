import { useMemo } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import { MOST_FIELDS, type RowField } from '#shared/model/row-field.ts'
import { MOST_COLUMN_TOPICS } from '#shared/model/settings.ts'
import { useConnection, useServices, useSetting } from '../../workbench/services.ts'
import type { ColumnChoice } from '../../shared-views/record/payload.tsx'
import { pathText } from '../../shared-views/value/value-nodes.ts'
import type { MenuEntry } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'

const none: readonly RowField[] = []

/** `value.customer.id`: the name of a column, by which its width is stored. */
export function fieldName({ part, path }: RowField): string {
  return `${part} ${JSON.stringify(path)}`.slice(0, 300)
}

/** The heading of its column: for a field of the value, only the path. */
export function fieldTitle({ part, path }: RowField): string {
  const text = pathText(path.map((step) => (typeof step === 'number' ? { kind: 'item', at: step } : { kind: 'field', name: step }))) // oxfmt-ignore
  if (part === 'value') return text === '' ? 'value' : text
  return text === '' ? part : text.startsWith('[') ? `${part}${text}` : `${part}.${text}`
}

export interface PickedFields extends ColumnChoice {
  readonly toggle: (field: RowField) => void
  readonly fields: readonly RowField[]
}

/** The fields that were added as columns of a topic's list, stored with the settings by profile and topic. */
export function useFieldColumns(connectionId: ConnectionId, topic: string): PickedFields {
  const { settings } = useServices()
  const all = useSetting('fieldColumns')
  const profileId = useConnection(connectionId)?.profileId
  const key = `${profileId ?? ''}/${topic}`
  return useMemo(() => {
    const fields: readonly RowField[] = all[key] ?? none
    const isOne = (field: RowField) => (other: RowField) => fieldName(other) === fieldName(field)
    return {
      fields,
      has: (field) => fields.some(isOne(field)),
      toggle: (field) => {
        const others = fields.filter((other) => !isOne(field)(other))
        const isRemoved = others.length < fields.length
        if (!isRemoved && fields.length >= MOST_FIELDS)
          return toast({ text: `A list has at most ${MOST_FIELDS} columns of fields: remove one first.`, tone: 'warn' })
        const { [key]: _, ...topics } = all
        // The last changed is last in the list; the first is dropped first.
        const kept = Object.entries(topics).slice(-(MOST_COLUMN_TOPICS - 1))
        const next = isRemoved ? others : [...fields, field]
        settings.change({ fieldColumns: Object.fromEntries(next.length === 0 ? kept : [...kept, [key, next]]) })
      },
    }
  }, [all, key, settings])
}

/** The entries of the header's menu for columns of fields. */
export function fieldsMenu({ fields, toggle }: PickedFields): readonly MenuEntry[] {
  if (fields.length === 0) return []
  const items = fields.map((field) => ({
    id: `remove ${fieldName(field)}`,
    label: `Remove column ${fieldTitle(field)}`,
    onAction: () => toggle(field),
  }))
  return [{ heading: 'Fields', items }]
}
