import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from 'react'
import { matchesKeys } from '#shared/keys.ts'
import type { FullRecord, NoRecord } from '#shared/contract/messages.ts'
import { utf8Text, wholeCharacters } from '#shared/bytes.ts'
import { attemptLines, isReadable, isText, shownText, type Decoded } from '#shared/model/decoded.ts'
import { holeReasons, rowFlags } from '#shared/model/rows.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatBytes, formatCoordinates, formatGrouped, formatTimestamp } from '../../ui/format.ts'
import { HexView } from '../../ui/hex-view.tsx'
import { CopyIcon, DownIcon, MoreIcon, UpIcon } from '../../ui/icons.ts'
import type { FindHandle } from '../../ui/find-bar.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { isMac } from '../../ui/key-hint.tsx'
import { Facts } from '../../ui/layout.tsx'
import { Menu, type MenuEntry } from '../../ui/menu.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { TextView } from '../../ui/text-view.tsx'
import type { Fetched } from '../../stores/fetched.ts'
import { findInView } from '../../workbench/view-commands.ts'
import { Headers } from './headers.tsx'
import { headerPage, SHOWN_LIMIT, type HeaderPage, type RecordPlace } from './record-store.ts'
import s from './record.module.css'

type Part = 'value' | 'key' | 'headers'
type Form = 'json' | 'text' | 'hex'

export interface RecordPanelProps {
  topic: string
  place: RecordPlace
  record: Fetched<FullRecord | NoRecord>
  /** What is fetched of each; more than the record carries once more was asked for. */
  payloadKey: Uint8Array | undefined
  value: Uint8Array | undefined
  headerPages: readonly HeaderPage[]
  isFetching: boolean
  zone: string
  onMore: (part: 'key' | 'value') => void
  /** All that is left. */
  onAll: (part: 'key' | 'value') => void
  onSave: (part: 'key' | 'value') => void
  onTurnHeaders: (way: -1 | 1) => void
  onRetry: () => void
  onOpen: (offset: bigint) => void
  onStep: (way: -1 | 1) => void
  onClose: () => void
  copies: (record: FullRecord) => readonly MenuEntry[]
  /** What else can be done with the record: saving, replay, moving a group. */
  actions: (record: FullRecord) => readonly MenuEntry[]
}

/** One record in full: coordinates, facts, then key, value or headers as JSON, text or hex. */
export function RecordPanel(props: RecordPanelProps) {
  const { topic, place, record, zone, onStep, onClose, onRetry } = props
  const found = record.value
  const isHere = found?.kind === 'record' && found.offset === place.offset && found.partition === place.partition
  /** One key finds in what has the keyboard: here in the payload, and nowhere beside it. */
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
        <IconButton label="Previous record" shortcut="Alt+ArrowUp" onPress={() => onStep(-1)}>
          <UpIcon size={14} />
        </IconButton>
        <IconButton label="Next record" shortcut="Alt+ArrowDown" onPress={() => onStep(1)}>
          <DownIcon size={14} />
        </IconButton>
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
        <Button size="small" variant="quiet" onPress={onClose}>
          Close
        </Button>
      </div>
      {record.status === 'failed' && found !== undefined && <ErrorBanner error={record.error} />}
      {record.status === 'failed' && found === undefined ? (
        <ErrorState error={record.error} onRetry={onRetry} />
      ) : found === undefined ? (
        <StateView kind="loading" title="Reading the record…" />
      ) : found.kind === 'hole' ? (
        <Hole hole={found} onOpen={props.onOpen} />
      ) : (
        <Body {...props} found={found} zone={zone} find={find} />
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
        : 'No record stands at this offset.'
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

// oxlint-disable-next-line max-lines-per-function -- one view from top to bottom; what has a logic of its own stands in parts of its own
function Body(props: RecordPanelProps & { found: FullRecord; find: Ref<FindHandle> }) {
  const { found, zone } = props
  const [part, setPart] = useState<Part>('value')
  const [chosen, setChosen] = useState<Form>()
  const bytes =
    part === 'key' ? (props.payloadKey ?? found.key) : part === 'value' ? (props.value ?? found.value) : null
  const size = part === 'key' ? found.keySize : found.valueSize
  const isPart = bytes !== null && bytes.length < size
  const as = part === 'key' ? found.keyAs : part === 'value' ? found.valueAs : null
  const written = as?.written ?? bytes
  const isBeginning = as?.written == null ? isPart : as.isCut
  const text = useMemo(() => {
    if (written === null || as === null || !isText(as.form)) return null
    return utf8Text(isBeginning ? wholeCharacters(written) : written)
  }, [written, as, isBeginning])
  const form = chosen ?? (as === null || text === null || !isReadable(as.form) ? 'hex' : as.form === 'json' ? 'json' : 'text') // prettier-ignore
  const marks = marksOf(found)
  return (
    <>
      <Facts items={facts(found, zone)} />
      {marks.length > 0 && <div className={s.marks}>{marks}</div>}
      <div className={s.parts}>
        <Segmented<Part>
          label="Part of the record"
          value={part}
          onChange={setPart}
          options={[
            { id: 'value', label: 'Value' },
            { id: 'key', label: 'Key' },
            { id: 'headers', label: `Headers ${formatGrouped(found.headerCount)}` },
          ]}
        />
        <span className={s.grow} />
        {part !== 'headers' && (
          <Segmented<Form>
            label="Shown as"
            value={form}
            onChange={(next) => {
              setChosen(next)
              // Part of a JSON text is none.
              if (next === 'json' && isPart && size <= SHOWN_LIMIT) props.onAll(part)
            }}
            options={[
              { id: 'json', label: 'JSON' },
              { id: 'text', label: 'Text' },
              { id: 'hex', label: 'Hex' },
            ]}
          />
        )}
      </div>
      <div className={s.content}>
        {part === 'headers' ? (
          <Headers
            record={found}
            page={headerPage(found, props.headerPages)}
            isFetching={props.isFetching}
            onTurn={props.onTurnHeaders}
          />
        ) : (
          <Payload part={part} bytes={bytes} text={text} form={form} isPart={isBeginning} find={props.find} />
        )}
      </div>
      {part !== 'headers' && isPart && (
        <div className={s.more}>
          <span>
            {formatBytes(bytes.length)} of {formatBytes(size)} shown
          </span>
          <span className={s.grow} />
          {size <= SHOWN_LIMIT ? (
            <Button size="small" onPress={() => props.onAll(part)} isPending={props.isFetching}>
              Fetch all
            </Button>
          ) : (
            <Button size="small" onPress={() => props.onMore(part)} isPending={props.isFetching}>
              Fetch 1 MiB more
            </Button>
          )}
          <Button size="small" onPress={() => props.onSave(part)}>
            Save {part}…
          </Button>
        </div>
      )}
    </>
  )
}

function Payload({
  part,
  bytes,
  text,
  form,
  isPart,
  find,
}: {
  part: Part
  bytes: Uint8Array | null
  text: string | null
  form: Form
  isPart: boolean
  find: Ref<FindHandle>
}) {
  const label = part === 'key' ? 'Key' : 'Value'
  if (bytes === null) {
    const note = part === 'value' ? 'A tombstone: compaction removes the key’s older records.' : undefined
    return (
      <StateView kind="empty" title={`The ${part} is null.`}>
        {note}
      </StateView>
    )
  }
  if (bytes.length === 0) return <StateView kind="empty" title={`The ${part} is empty: 0 bytes, not null.`} />
  if (form === 'hex') return <HexView label={`${label} in hex`} bytes={bytes} find={find} />
  if (text === null) {
    return (
      <div className={s.notText}>
        <StateView kind="partial" title={`The ${part} is not UTF-8; its bytes are shown.`} />
        <HexView label={`${label} in hex`} bytes={bytes} find={find} />
      </div>
    )
  }
  return form === 'json' ? (
    // Part of a JSON text is none: it is shown as it came.
    <JsonView label={`${label} as JSON`} text={text} isRaw={isPart} find={find} />
  ) : (
    <TextView label={`${label} as text`} text={text} find={find} />
  )
}

function facts(record: FullRecord, zone: string): [string, ReactNode][] {
  const { batch } = record
  const time = record.timestamp === -1n ? 'none' : formatTimestamp(record.timestamp, zone)
  const list: [string, ReactNode][] = [
    ['Timestamp', `${time} · ${record.timestampType}`],
    [
      'Key',
      record.key === null || record.keyAs === null ? (
        'null'
      ) : record.key.length === 0 ? (
        'empty'
      ) : (
        <SafeText
          text={shownText(
            record.keyAs.form,
            record.keyAs.written ?? record.key,
            record.key.length < record.keySize,
            64,
          )}
          limit={200}
        />
      ),
    ],
    [
      'Value',
      record.valueSize < 0 || record.valueAs === null ? (
        'null'
      ) : (
        <>
          {record.valueSize < 1000 ? '' : `${formatBytes(record.valueSize)} · `}
          {formatGrouped(record.valueSize)} bytes · <Encoding as={record.valueAs} />
        </>
      ),
    ],
    [
      'Batch',
      `${formatGrouped(batch.first)} – ${formatGrouped(batch.last)} · ${batch.codec === 'none' ? 'not compressed' : batch.codec} · epoch ${batch.leaderEpoch}`,
    ],
    ['CRC', `${batch.crc.toString(16).padStart(8, '0')} ${batch.crcValid ? 'matches' : 'does not match'}`],
  ]
  if (batch.producerId >= 0n) {
    const sequence = batch.sequence < 0 ? '' : ` · sequence ${batch.sequence}`
    list.push([
      'Producer',
      `${batch.producerId} / ${batch.producerEpoch}${sequence}${batch.transactional ? ' · transactional' : ''}`,
    ])
  }
  return list
}

/** What the bytes were decoded by, and on pointing at it why by nothing that was tried before. */
function Encoding({ as }: { as: Decoded }) {
  const name = as.form === 'control' ? `${as.encoding} with control characters` : as.encoding
  return <span title={attemptLines(as).join('\n') || undefined}>{as.encoding === 'bytes' ? 'not decoded' : name}</span>
}

function marksOf(record: FullRecord): ReactNode[] {
  const marks: ReactNode[] = []
  const mark = (key: string, tone: 'warn' | 'bad' | 'neutral', words: string) =>
    marks.push(
      <Badge key={key} tone={tone}>
        {words}
      </Badge>,
    )
  if ((record.flags & rowFlags.aborted) !== 0) mark('aborted', 'warn', 'aborted transaction')
  if ((record.flags & rowFlags.open) !== 0) mark('open', 'warn', 'open transaction')
  if (!record.batch.crcValid) mark('crc', 'bad', 'CRC does not match')
  for (const [part, as] of [
    ['key', record.keyAs],
    ['value', record.valueAs],
  ] as const) {
    const like = as?.attempts.find(({ encoding }) => encoding === 'Confluent wire format')
    if (like !== undefined) mark(part, 'neutral', `${part} looks like the ${like.encoding}, ${like.reason}`)
  }
  return marks
}
