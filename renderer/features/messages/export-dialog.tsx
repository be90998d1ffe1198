import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { BrowseDone, Show } from '#shared/contract/messages.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { KcatCommand } from '#shared/filters/kcat-command.ts'
import type { ScanLedger } from '#shared/model/ledger.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { LineFormat } from '#shared/model/line-format.ts'
import type { RowField } from '#shared/model/row-field.ts'
import { fileNameOf, fileTime } from '../../workbench/save-file.ts'
import { useApi } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatBytes, formatGrouped, formatRate } from '../../ui/format.ts'
import { Progress } from '../../ui/progress.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Select } from '../../ui/select.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { TextField } from '../../ui/text-field.tsx'
import type { ExportStore } from './export-store.ts'
import { fieldTitle } from './field-columns.ts'
import { failureWords } from './messages-words.ts'
import s from './search.module.css'

interface Found {
  readonly offsets: bigint
  /** Present only if the range was not searched before. */
  readonly ledger?: ScanLedger
  readonly failures: BrowseDone['failures']
}

/** What can be exported: a range, and the search in it. */
export interface ExportSource {
  /** The stored search; undefined: nothing was searched. */
  readonly kept: string | undefined
  readonly filter: RecordFilter | null
  /** The filter as typed. */
  readonly words: string
  /** The range as text: "from 14:05 on". */
  readonly range: string
  readonly show: Show
  /** The range to be read, and partitions that cannot be read. */
  readonly found: (signal: AbortSignal) => Promise<Found>
}

type As = LineFormat['as']

const formats = [
  { id: 'ndjson', label: 'NDJSON', note: 'all of each record, to the last byte; can be produced again' },
  { id: 'csv', label: 'CSV', note: 'for spreadsheets' },
  { id: 'coordinates', label: 'Coordinates', note: 'topic, partition and offset, tabs between' },
  { id: 'parquet', label: 'Parquet', note: 'a table for DuckDB, Spark and the like' },
] as const satisfies readonly { id: As; label: string; note: string }[]

const endings: Readonly<Record<As, string>> = { ndjson: 'ndjson', csv: 'csv', coordinates: 'tsv', parquet: 'parquet' }

export interface ExportDialogProps {
  connectionId: ConnectionId
  store: ExportStore
  topic: string
  /** undefined: the dialog is closed; a running export continues. */
  source: ExportSource | undefined
  /** The columns of the list. */
  fields: readonly RowField[]
  onClose: () => void
}

/** Writes the matches, or a whole range, to a file. */
export function ExportDialog({ source, ...rest }: ExportDialogProps) {
  return source === undefined ? null : <Open {...rest} source={source} />
}

/** Opens the dialog; while an export runs it shows the progress. */
export function ExportAction({ store, onOpen }: { store: ExportStore; onOpen: () => void }) {
  const { status, covered, left } = useStore(store)
  const share = covered + left === 0n ? 0 : Number((covered * 100n) / (covered + left))
  return (
    <Button size="small" onPress={onOpen}>
      {status === 'running' ? `Exporting, ${share}\u202f%` : 'Export…'}
    </Button>
  )
}

interface OpenProps extends ExportDialogProps {
  source: ExportSource
}

function Open({ connectionId, store, topic, source, fields, onClose }: OpenProps) {
  const status = useStore(store, (state) => state.status)
  const [chosen, setChosen] = useState<Choice>({
    isAll: source.kept === undefined && source.filter === null,
    as: 'ndjson',
    defuse: true,
    typed: undefined,
  })
  const [openedAt] = useState(() => fileTime(BigInt(Date.now())))
  const [found, setFound] = useState<Found>()
  const [error, setError] = useState<ErrorValue>()
  useEffect(() => {
    const mine = new AbortController()
    source.found(mine.signal).then(setFound, (failed: unknown) => {
      if (!mine.signal.aborted) setError(toErrorValue(failed))
    })
    return () => mine.abort()
  }, [source])
  const { isAll, as, defuse } = chosen
  const path = chosen.typed ?? `${fileNameOf(topic, openedAt)}.${endings[as]}`
  const format: LineFormat = as === 'csv' ? { as, fields: [...fields], defuse } : { as }
  const offsets = found?.offsets
  const isMissing = found === undefined || offsets === 0n || path.trim() === ''
  const begin = () => {
    if (isMissing) return
    const { kept, filter, show } = source
    const to = { format, path: path.trim() }
    if (kept !== undefined) void store.start({ ...to, search: kept, what: isAll ? 'range' : 'hits' })
    else if (found.ledger !== undefined) void store.start({ ...to, ledger: found.ledger, filter: isAll ? null : filter, show }) // oxfmt-ignore
  }
  const close = () => {
    store.reset()
    onClose()
  }
  const isChoosing = status === 'idle'
  const last = useFocusOnce(!isChoosing)
  return (
    <Dialog
      isOpen
      onClose={close}
      title={`Export of ${topic}`}
      footer={
        isChoosing ? (
          <>
            <Button onPress={close}>Cancel</Button>
            <Button variant="primary" onPress={begin} isDisabled={isMissing}>
              Export
            </Button>
          </>
        ) : (
          <>
            {status === 'running' && <Button onPress={store.stop}>Stop</Button>}
            {(status === 'stopped' || status === 'failed') && <Button onPress={store.reset}>Choose again</Button>}
            <Button variant="primary" onPress={close} ref={last}>
              {status === 'running' ? 'Go on in the background' : 'Close'}
            </Button>
          </>
        )
      }
    >
      {error !== undefined && isChoosing && <ErrorBanner error={error} />}
      {isChoosing ? (
        <Choices
          connectionId={connectionId}
          source={source}
          fields={fields}
          offsets={offsets}
          failures={found?.failures ?? []}
          chosen={chosen}
          path={path}
          onChoose={(part) => setChosen({ ...chosen, ...part })}
          onEnter={begin}
        />
      ) : (
        <Running store={store} />
      )}
    </Dialog>
  )
}

/** The focus moves once the key press that opened the dialog is over: otherwise it would press this button as well. */
function useFocusOnce(isOn: boolean) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!isOn) return undefined
    const timer = setTimeout(() => button.current?.focus(), 0)
    return () => clearTimeout(timer)
  }, [isOn])
  return button
}

interface Choice {
  /** The whole range, not only the matches. */
  isAll: boolean
  as: As
  defuse: boolean
  /** undefined: the suggested name. */
  typed: string | undefined
}

interface ChoicesProps extends Pick<OpenProps, 'connectionId' | 'source' | 'fields'>, Pick<Found, 'failures'> {
  /** undefined: not known yet. */
  offsets: bigint | undefined
  chosen: Choice
  path: string
  onChoose: (part: Partial<Choice>) => void
  onEnter: () => void
}

function Choices({ connectionId, source, fields, offsets, failures, chosen, path, onChoose, onEnter }: ChoicesProps) {
  const { isAll, as, defuse } = chosen
  return (
    <div className={s.saving}>
      {(source.kept !== undefined || source.filter !== null) && (
        <Select<'matches' | 'all'>
          label="What"
          options={[
            {
              id: 'matches',
              label: source.words === '' ? 'what was found' : `what matches ${source.words.slice(0, 60)}`,
            },
            { id: 'all', label: 'all records of the range' },
          ]}
          value={isAll ? 'all' : 'matches'}
          onChange={(id) => onChoose({ isAll: id === 'all' })}
        />
      )}
      <p className={s.quiet}>
        {offsets === undefined
          ? 'Reading where the logs end…'
          : offsets === 0n
            ? 'There is nothing in this range.'
            : `${formatGrouped(offsets)} offsets are read for it: ${source.range}.`}
      </p>
      <Failures failures={failures} />
      <Select<As> label="Format" options={formats} value={as} onChange={(next) => onChoose({ as: next })} />
      {as === 'csv' && (
        <>
          <Checkbox isSelected={defuse} onChange={(next) => onChoose({ defuse: next })}>
            Defuse cells that a spreadsheet would run as formulas
          </Checkbox>
          <p className={s.quiet}>
            {`Columns: partition, offset, timestamp, key, value${fields.map((field) => `, ${fieldTitle(field)}`).join('')}`}
          </p>
        </>
      )}
      <TextField
        label="File"
        value={path}
        onChange={(typed) => onChoose({ typed })}
        onEnter={onEnter}
        mono
        note="A name alone goes into your downloads; nothing is overwritten."
      />
      {source.kept !== undefined && !isAll && <ByShell search={source.kept} connectionId={connectionId} />}
    </div>
  )
}

/** The same with other tools, if they can do it. */
function ByShell({ connectionId, search }: { connectionId: ConnectionId; search: string }) {
  const api = useApi()
  const [command, setCommand] = useState<KcatCommand>()
  useEffect(() => {
    const mine = new AbortController()
    // If no command is known, the file can be written all the same.
    api.call('search.command', { connectionId, search }, { signal: mine.signal }).then(
      (found) => !mine.signal.aborted && setCommand(found),
      () => undefined,
    )
    return () => mine.abort()
  }, [api, connectionId, search])
  if (command === undefined) return null
  if ('why' in command) return <p className={s.quiet}>kcat and jq would not give the same: {command.why}</p>
  return (
    <div className={s.shell}>
      <CopyButton text={command.command} label="Copy as kcat | jq" isLabelled />
      <span className={s.quiet}>{['The same records, as lines of JSON.', ...command.notes].join(' ')}</span>
    </div>
  )
}

function Running({ store }: { store: ExportStore }) {
  const { status, covered, left, matched, written, ratePerSecond, secondsLeft, waiting, path, failures, error } =
    useStore(store)
  const words = `${formatGrouped(matched)} ${matched === 1n ? 'record' : 'records'}, ${formatBytes(written)}`
  if (status === 'failed' && error !== undefined) return <ErrorState error={error} />
  if (status === 'stopped') return <StateView kind="empty" title="The export was stopped; there is no file." />
  return (
    <div className={s.saving}>
      {status === 'running' ? (
        <Progress
          isWide
          label="read"
          unit="offsets"
          done={covered}
          total={covered + left === 0n ? undefined : covered + left}
          {...(secondsLeft === null ? {} : { timeLeft: secondsLeft * 1000 })}
        />
      ) : (
        <p className={s.written}>
          <code>
            <SafeText text={path ?? ''} limit={500} />
          </code>
          <CopyButton text={path ?? ''} label="Copy the path" />
        </p>
      )}
      <p role="status">
        {status === 'running'
          ? `${words} written so far${ratePerSecond > 0 ? `, ${formatRate(ratePerSecond)}` : ''}`
          : `${words} written.`}
      </p>
      {error !== undefined && <ErrorBanner error={error} />}
      {waiting !== null && <ErrorBanner error={waiting} tone="warn" />}
      <Failures failures={failures} />
    </div>
  )
}

/** What the file does not contain, and why. */
function Failures({ failures }: Pick<Found, 'failures'>) {
  return failureWords([...failures]).map(({ title, hint }) => (
    <StateView key={title} kind="partial" title={title}>
      {hint}
    </StateView>
  ))
}
