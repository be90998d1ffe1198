import { useRef, type KeyboardEvent } from 'react'
import { matchesKeys } from '#shared/shortcut-keys.ts'
import type { FullRecord, NoRecord } from '#shared/contract/messages.ts'
import { holeReasons } from '#shared/model/hole.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatCoordinates, formatGrouped } from '../../ui/format.ts'
import { CopyIcon, DownIcon, MoreIcon, UpIcon } from '../../ui/icons.ts'
import type { FindHandle } from '../../ui/find-bar.tsx'
import { isMac } from '../../ui/key-hint.tsx'
import { Menu, type MenuEntry } from '../../ui/menu.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { StateView } from '../../ui/state-view.tsx'
import type { Fetched } from '../../stores/fetched.ts'
import { findInView } from '../../workbench/view-commands.ts'
import { RecordBody, type RecordBodyProps } from './record-body.tsx'
import type { RecordPlace } from './record-store.ts'
import s from './record.module.css'

export interface RecordPanelProps extends Omit<RecordBodyProps, 'found' | 'find'> {
  topic: string
  place: RecordPlace
  record: Fetched<FullRecord | NoRecord>
  onRetry: () => void
  onOpen: (offset: bigint) => void
  /** Left out: the record is in no list. */
  onStep?: ((way: -1 | 1) => void) | undefined
  onClose?: (() => void) | undefined
  copies: (record: FullRecord) => readonly MenuEntry[]
  /** What else can be done with the record: saving, replay, moving a group. */
  actions: (record: FullRecord) => readonly MenuEntry[]
}

/** One record in full: its coordinates and actions, above its contents. */
export function RecordPanel(props: RecordPanelProps) {
  const { topic, place, record, onStep, onClose, onRetry } = props
  const found = record.value
  const isHere = found?.kind === 'record' && found.offset === place.offset && found.partition === place.partition
  /** The find key searches what has the focus: here the payload. */
  const find = useRef<FindHandle>(null)
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const isFind = findInView.keys.some((keys) => matchesKeys(keys, event.nativeEvent, isMac()))
    if (!isFind || find.current === null) return
    event.stopPropagation()
    // The editor has a search of its own, and has opened it by now.
    if (!event.defaultPrevented) find.current.find()
    event.preventDefault()
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of what is inside
    <section className={s.panel} aria-label="Record" aria-busy={record.status === 'loading'} onKeyDown={onKeyDown}>
      <div className={s.head}>
        <code className={s.coordinates}>
          <span className={s.topic} title={topic}>
            <SafeText text={topic} limit={300} />
          </span>
          <span className={s.place}>{formatCoordinates('', place.partition, place.offset)}</span>
        </code>
        <span className={s.grow} />
        {onStep !== undefined && (
          <>
            <IconButton label="Previous record" shortcut="Alt+ArrowUp" onPress={() => onStep(-1)}>
              <UpIcon size={14} />
            </IconButton>
            <IconButton label="Next record" shortcut="Alt+ArrowDown" onPress={() => onStep(1)}>
              <DownIcon size={14} />
            </IconButton>
          </>
        )}
        {found?.kind === 'record' && (
          <>
            <Menu
              label="Copy"
              trigger={
                <Button size="small" isDisabled={!isHere}>
                  <CopyIcon size={13} aria-hidden="true" />
                  Copy
                  <DownIcon size={12} aria-hidden="true" />
                </Button>
              }
              items={props.copies(found)}
            />
            <Menu
              label="More to do with the record"
              trigger={
                <IconButton label="More" variant="default" size="small" isDisabled={!isHere}>
                  <MoreIcon size={14} />
                </IconButton>
              }
              items={props.actions(found)}
            />
          </>
        )}
        {onClose !== undefined && (
          <Button size="small" variant="quiet" onPress={onClose}>
            Close
          </Button>
        )}
      </div>
      {record.status === 'failed' && found !== undefined && <ErrorBanner error={record.error} />}
      {record.status === 'failed' && found === undefined ? (
        <ErrorState error={record.error} onRetry={onRetry} />
      ) : found === undefined ? (
        <StateView kind="loading" title="Reading the record…" />
      ) : found.kind === 'hole' ? (
        <Hole hole={found} onOpen={props.onOpen} />
      ) : (
        <RecordBody {...props} found={found} find={find} />
      )}
    </section>
  )
}

function Hole({ hole, onOpen }: { hole: NoRecord; onOpen: (offset: bigint) => void }) {
  const { outside, next, bounds } = hole
  const title =
    outside === 'before-log-start'
      ? `Deleted: the log starts at ${formatGrouped(bounds.logStart)}.`
      : outside === 'past-end'
        ? `Not written yet: the high watermark is ${formatGrouped(bounds.highWatermark)}.`
        : 'This offset holds no record.'
  const reason = hole.hole === null ? '' : holeReasons(hole.hole)
  return (
    <StateView
      kind="empty"
      title={title}
      actions={next === null ? undefined : <Button onPress={() => onOpen(next)}>Open {formatGrouped(next)}</Button>}
    >
      {reason !== '' && `The offset belongs to: ${reason}.`}
    </StateView>
  )
}
