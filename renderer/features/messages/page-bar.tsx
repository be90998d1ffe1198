import { useState, type RefObject } from 'react'
import { useStore } from 'zustand'
import { Button } from '../../ui/button.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { DownIcon, LeftIcon, RightIcon } from '../../ui/icons.ts'
import { KeyHint } from '../../ui/key-hint.tsx'
import { OffsetField } from '../../ui/offset-field.tsx'
import { Select } from '../../ui/select.tsx'
import { SearchField } from '../../ui/text-field.tsx'
import type { MessagesStore } from './messages-store.ts'
import { useMessages } from './use-messages.ts'
import type { WholeFilter } from './whole-filter.ts'
import s from './messages.module.css'

export interface PageBarProps {
  store: MessagesStore
  filter: WholeFilter
  text: string
  onText: (text: string) => void
  inputRef: RefObject<HTMLInputElement | null>
  selected: number
  onEnd: () => void
  partitions: readonly number[]
  /** Of the row under the cursor: there one goes to another offset, unless another partition is chosen. */
  partition: number | undefined
  onGoTo: (partition: number, offset: bigint) => void
}

/** Pages both ways, the filter over what is loaded, and the way to one offset. */
export function PageBar(props: PageBarProps) {
  const { store, text, onText, inputRef, selected, onEnd } = props
  const { isReading, hasOlder, hasNewer } = useMessages(store, (state) => ({
    isReading: state.reading !== undefined,
    hasOlder: state.hasOlder,
    hasNewer: state.hasNewer,
  }))
  /** Records that came while the end was out of sight. */
  const unseen = useMessages(store, ({ reading }) => (reading === 'tail' && text === '' ? store.lines.behind : 0))
  return (
    <div className={s.filterBar} role="group" aria-label="Pages and filter">
      <Button size="small" isDisabled={isReading || !hasOlder} onPress={() => void store.page('older')}>
        <LeftIcon size={13} aria-hidden="true" />
        Older
        <KeyHint keys="[" />
      </Button>
      <Button size="small" isDisabled={isReading || !hasNewer} onPress={() => void store.page('newer')}>
        Newer
        <KeyHint keys="]" />
        <RightIcon size={13} aria-hidden="true" />
      </Button>
      <SearchField
        label="Filter over loaded rows"
        placeholder="Filter over loaded rows"
        className={s.filter}
        value={text}
        onChange={onText}
        inputRef={inputRef}
      />
      <FilterWords store={store} filter={props.filter} />
      <span className={s.grow} />
      {unseen > 0 && (
        <Button size="small" onPress={onEnd}>
          <DownIcon size={13} aria-hidden="true" />
          {formatGrouped(unseen)} new
        </Button>
      )}
      {selected > 1 && <span>{formatGrouped(selected)} selected</span>}
      <GoTo {...props} />
    </div>
  )
}

/** How many rows match, and of how many only the beginning was seen: no count says more than was looked at. */
function FilterWords({ store, filter }: Pick<PageBarProps, 'store' | 'filter'>) {
  const { isLooking, ended, error } = useStore(filter)
  // Drawn again with what is loaded, and as a search goes on.
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

function GoTo({ partitions, partition: current, onGoTo }: PageBarProps) {
  const [chosen, setChosen] = useState<number>()
  const partition = chosen ?? current ?? partitions[0] ?? 0
  const [offset, setOffset] = useState<bigint>()
  const go = () => {
    if (offset !== undefined) onGoTo(partition, offset)
  }
  return (
    <>
      {partitions.length > 1 && (
        <Select
          label="Partition"
          layout="inline"
          options={partitions.map((one) => ({ id: String(one), label: String(one) }))}
          value={String(partition)}
          onChange={(id) => setChosen(Number(id))}
        />
      )}
      <OffsetField
        label="Go to offset"
        layout="inline"
        className={s.number}
        value={offset}
        onChange={setOffset}
        onEnter={go}
      />
    </>
  )
}
