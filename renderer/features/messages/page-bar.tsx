import { useStore } from 'zustand'
import { Button, IconButton, ToggleButton } from '../../ui/button.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { DownIcon, LeftIcon, NewestFirstIcon, RightIcon, UpIcon } from '../../ui/icons.ts'
import type { MessagesStore } from './messages-store.ts'
import { useMessages } from './use-messages.ts'
import type { WholeFilter } from './whole-filter.ts'
import s from './messages.module.css'

export interface PageBarProps {
  store: MessagesStore
  filter: WholeFilter
  /** The matches of a search are shown: they have neither pages nor rows that a filter hides. */
  isSearch: boolean
  isNarrowed: boolean
  selected: number
  onNewest: () => void
  isNewestFirst: boolean
  onOrder: () => void
}

/** How many of the loaded rows match, and buttons for pages in both directions. */
export function PageBar(props: PageBarProps) {
  const { store, isSearch, isNarrowed, selected, onNewest, isNewestFirst, onOrder } = props
  const { isReading, hasOlder, hasNewer } = useMessages(store, (state) => ({
    isReading: state.reading !== undefined,
    hasOlder: state.hasOlder,
    hasNewer: state.hasNewer,
  }))
  /** Records that arrived while the end was not in view. */
  const unseen = useMessages(store, ({ reading }) => (reading === 'tail' && !isNarrowed ? store.lines.behind : 0))
  return (
    <>
      {!isSearch && <FilterWords store={store} filter={props.filter} />}
      {!isSearch && (
        <span className={s.pages}>
          <ToggleButton label="Newest first" variant="quiet" isSelected={isNewestFirst} onChange={onOrder}>
            <NewestFirstIcon size={15} />
          </ToggleButton>
          <IconButton
            label="Older"
            shortcut="["
            isDisabled={isReading || !hasOlder}
            onPress={() => void store.page('older')}
          >
            <LeftIcon size={15} />
          </IconButton>
          <IconButton
            label="Newer"
            shortcut="]"
            isDisabled={isReading || !hasNewer}
            onPress={() => void store.page('newer')}
          >
            <RightIcon size={15} />
          </IconButton>
        </span>
      )}
      {unseen > 0 && !isSearch && (
        <Button size="small" onPress={onNewest}>
          {isNewestFirst ? <UpIcon size={13} aria-hidden="true" /> : <DownIcon size={13} aria-hidden="true" />}
          {formatGrouped(unseen)} new
        </Button>
      )}
      {selected > 1 && <span className={s.found}>{formatGrouped(selected)} selected</span>}
    </>
  )
}

/** How many rows match, and of how many only the beginning was examined: no count claims more than was examined. */
function FilterWords({ store, filter }: Pick<PageBarProps, 'store' | 'filter'>) {
  const { isLooking, ended, error } = useStore(filter)
  // Renders again as rows are loaded and as a search goes on.
  useMessages(store, ({ version }) => (store.lines.filter.text === '' ? 0 : version))
  const { loaded, filter: at } = store.lines
  if (at.text === '') return <span role="status" />
  const isBusy = isLooking || at.looked < loaded
  const words = `${formatGrouped(at.matches)} of ${formatGrouped(loaded)} loaded rows`
  const seenInPart = at.unseen === 0 ? '' : `, ${formatGrouped(at.unseen)} seen only in part`
  return (
    <>
      <span role="status" className={s.found} title={error?.message}>
        {words}
        {isBusy || (at.unseen > 0 && ended === undefined) ? `${seenInPart}; still looking` : seenInPart}
      </span>
      {isLooking && (
        <Button size="small" onPress={filter.stop}>
          Stop
        </Button>
      )}
      {!isLooking && ended !== undefined && at.unseen > 0 && (
        <Button size="small" onPress={filter.goOn}>
          Look on
        </Button>
      )}
    </>
  )
}
