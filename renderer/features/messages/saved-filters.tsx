import { useCallback, useState } from 'react'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useApi } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { DownIcon } from '../../ui/icons.ts'
import { Menu, type MenuEntry } from '../../ui/menu.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { toast, toastFailure } from '../../ui/toast.tsx'
import { emptySearch, filterOf, formOfFilter, formWords } from './search-form.ts'
import type { SearchStore } from './search-store.ts'
import { useSearch } from './use-search.ts'
import s from './search.module.css'

interface Kept {
  profile: readonly { name: string; topic: string | null; filter: RecordFilter }[]
  all: readonly { name: string; topic: string | null; filter: RecordFilter }[]
  recent: readonly { topic: string; filter: RecordFilter }[]
}

export interface SavedFiltersProps {
  store: SearchStore
  connectionId: ConnectionId
  /** undefined: several topics, so that only filters for all topics are offered. */
  topic: string | undefined
  onTry?: ((filter: RecordFilter) => void) | undefined
  /** Opens earlier searches with their matches. */
  onSearches: () => void
}

/** Filters that were used or saved, and further actions for the typed filter. */
export function SavedFilters({ store, connectionId, topic, onTry, onSearches }: SavedFiltersProps) {
  const api = useApi()
  const [kept, setKept] = useState<Kept>()
  const [isSaving, setSaving] = useState(false)
  const form = useSearch(store, (state) => state.form)
  const filter = filterOf(form)
  const look = useCallback(
    () => void api.call('search.filters.list', { connectionId }).then(setKept, toastFailure),
    [api, connectionId],
  )
  const take = (chosen: RecordFilter) => {
    const part = formOfFilter(chosen)
    const { texts } = store.getState().form
    if (part !== undefined) store.change({ ...part, texts: { ...texts, [part.mode]: part.texts[part.mode] } })
  }
  const remove = (from: 'profile' | 'all', name: string, of: string | null) =>
    void api.call('search.filters.delete', { connectionId, for: from, name, topic: of }).then(() => toast(`Deleted the filter ${name}.`), toastFailure) // oxfmt-ignore
  const entries = (): MenuEntry[] => {
    const saved = (['profile', 'all'] as const).flatMap((from) =>
      (kept?.[from] ?? [])
        .filter((one) => one.topic === null || one.topic === topic)
        .map((one) => ({ ...one, from, id: `${from} ${one.topic ?? ''} ${one.name}` })),
    )
    const recent = (kept?.recent ?? []).filter((one) => topic === undefined || one.topic === topic).slice(0, 10)
    return [
      ...(onTry === undefined
        ? []
        : [{ id: 'try', label: 'Try on 100 records…', isDisabled: filter === null, onAction: () => filter !== null && onTry(filter) }]), // oxfmt-ignore
      { id: 'searches', label: 'Kept searches…', onAction: onSearches },
      { id: 'save', label: 'Save this filter…', isDisabled: filter === null, onAction: () => setSaving(true) },
      ...section('Saved', saved.map((one) => ({ id: one.id, label: one.name, onAction: () => take(one.filter) }))), // oxfmt-ignore
      ...section('Recent', recent.map((one, at) => ({ id: `recent ${at}`, label: filterWords(one.filter), onAction: () => take(one.filter) }))), // oxfmt-ignore
      ...section('Delete', saved.map((one) => ({ id: `delete ${one.id}`, label: `Delete ${one.name}`, isDanger: true, onAction: () => remove(one.from, one.name, one.topic) }))), // oxfmt-ignore
    ]
  }
  return (
    <>
      <Menu
        label="Filters"
        placement="bottom end"
        items={entries()}
        onOpenChange={(isOpen) => isOpen && look()}
        trigger={
          <Button>
            Filters
            <DownIcon size={13} aria-hidden="true" />
          </Button>
        }
      />
      {isSaving && filter !== null && (
        <SaveDialog
          connectionId={connectionId}
          topic={topic}
          filter={filter}
          onClose={() => setSaving(false)}
          onSaved={setKept}
        />
      )}
    </>
  )
}

function section(heading: string, items: Exclude<MenuEntry, '-' | { heading: string }>[]): MenuEntry[] {
  return items.length === 0 ? [] : ['-', { heading, items }]
}

/** As it was typed. */
function filterWords(filter: RecordFilter): string {
  const part = formOfFilter(filter)
  return part === undefined ? 'several filters together' : formWords({ ...emptySearch, ...part }).slice(0, 80)
}

interface SaveDialogProps {
  connectionId: ConnectionId
  topic: string | undefined
  filter: RecordFilter
  onClose: () => void
  onSaved: (kept: Kept) => void
}

function SaveDialog({ connectionId, topic, filter, onClose, onSaved }: SaveDialogProps) {
  const api = useApi()
  const [name, setName] = useState('')
  const [isForAll, setForAll] = useState(false)
  const [isForTopics, setForTopics] = useState(topic === undefined)
  const save = () => {
    if (name.trim() === '') return
    const input = { connectionId, for: isForAll ? ('all' as const) : ('profile' as const), filter: { name: name.trim(), topic: isForTopics || topic === undefined ? null : topic, filter } } // oxfmt-ignore
    void api.call('search.filters.save', input).then((kept) => {
      onSaved(kept)
      toast(`Saved the filter ${name.trim()}.`)
      onClose()
    }, toastFailure)
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Save this filter"
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" onPress={save} isDisabled={name.trim() === ''}>
            Save
          </Button>
        </>
      }
    >
      <div className={s.saving}>
        <TextField label="Name" value={name} onChange={setName} onEnter={save} autoFocus isRequired />
        {topic !== undefined && (
          <Checkbox isSelected={isForTopics} onChange={setForTopics}>
            For all topics, not only {topic}
          </Checkbox>
        )}
        <Checkbox isSelected={isForAll} onChange={setForAll}>
          For all profiles, not only this one
        </Checkbox>
      </div>
    </Dialog>
  )
}
