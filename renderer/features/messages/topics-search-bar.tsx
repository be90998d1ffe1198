import { useMemo, type ReactNode } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import { PlaceValueField, placeOptions } from '../../shared-views/place/place-field.tsx'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Bar } from '../../ui/layout.tsx'
import { Options } from '../../ui/options-menu.tsx'
import { Select } from '../../ui/select.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { SearchOptions } from './search-bar.tsx'
import { changedChoices } from './search-form.ts'
import type { SearchStore } from './search-store.ts'
import { patternProblem, placesOfSeveral, type TopicsForm } from './topics-search-form.ts'
import { useSearch } from './use-search.ts'
import s from './search.module.css'

const froms = placeOptions({ 'high-watermark': { label: 'newest', note: 'and back' } }).filter(
  (one): one is typeof one & { id: TopicsForm['from'] } => placesOfSeveral.some((id) => id === one.id),
)

export interface TopicsSearchBarProps {
  connectionId: ConnectionId
  store: SearchStore
  form: TopicsForm
  onForm: (change: Partial<TopicsForm>) => void
  /** Why the search cannot start yet. */
  missing: string | undefined
  isRunning: boolean
  onGo: () => void
  onStop: () => void
  /** The search field, and what belongs to it. */
  children: ReactNode
}

/** "Topics ^orders, from the newest and back, looking for 4711". Enter in any field starts the search. */
export function TopicsSearchBar(props: TopicsSearchBarProps) {
  const { connectionId, store, form, onForm, missing, isRunning, onGo, onStop, children } = props
  const searchForm = useSearch(store, (state) => state.form)
  const problem = useMemo(() => patternProblem(form), [form])
  return (
    <Bar
      label="What to search"
      actions={
        isRunning ? (
          <Button variant="primary" onPress={onStop}>
            Stop
          </Button>
        ) : (
          <span title={missing}>
            <Button variant="primary" onPress={onGo} isDisabled={missing !== undefined}>
              Search
            </Button>
          </span>
        )
      }
    >
      <TextField
        label="Topics"
        layout="inline"
        mono
        className={s.pattern ?? ''}
        placeholder="^orders"
        value={form.pattern}
        error={problem}
        onChange={(pattern) => onForm({ pattern })}
        onEnter={onGo}
        autoFocus={form.pattern === ''}
      />
      <Select<TopicsForm['from']>
        label="From"
        layout="inline"
        options={froms}
        value={form.from}
        onChange={(from) => onForm({ from })}
      />
      <PlaceValueField
        at={form.from}
        values={form.place}
        connectionId={connectionId}
        onChange={(place) => onForm({ place: { ...form.place, ...place } })}
        onEnter={onGo}
      />
      {children}
      <Options changed={changedChoices(searchForm) + Number(form.matchCase) + Number(form.internal)}>
        <Checkbox isSelected={form.matchCase} onChange={(matchCase) => onForm({ matchCase })}>
          Case of topic names counts
        </Checkbox>
        <Checkbox isSelected={form.internal} onChange={(internal) => onForm({ internal })}>
          Kafka’s own topics too
        </Checkbox>
        <SearchOptions store={store} isOfSeveral />
      </Options>
    </Bar>
  )
}
