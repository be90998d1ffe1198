import { useEffect, useState } from 'react'
import type { Tried } from '#shared/contract/search.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useApi, useZone } from '../../workbench/services.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorState } from '../../ui/error-banner.tsx'
import { formatGrouped, formatTimestampShort } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { failed, idle, ready, type Fetched } from '../../stores/fetched.ts'
import { notJudgedWords } from './not-judged.ts'
import s from './search.module.css'

interface Outcome {
  kept: number
  dropped: number
  notJudged: readonly { reason: keyof typeof notJudgedWords; count: number }[]
  records: readonly Tried[]
}

export interface TryDialogProps {
  connectionId: ConnectionId
  topic: string
  /** undefined: the dialog is closed. */
  filter: RecordFilter | undefined
  onClose: () => void
}

const COUNT = 100

/** Shows what a filter does with the newest records, before it searches all of them. */
export function TryDialog({ connectionId, topic, filter, onClose }: TryDialogProps) {
  return (
    <Dialog isOpen={filter !== undefined} onClose={onClose} size="full" title={`Tried on the newest ${COUNT} records`}>
      {filter !== undefined && <Trying connectionId={connectionId} topic={topic} filter={filter} />}
    </Dialog>
  )
}

interface TryingProps extends Pick<TryDialogProps, 'connectionId' | 'topic'> {
  filter: RecordFilter
}

function Trying({ connectionId, topic, filter }: TryingProps) {
  const api = useApi()
  const [tried, setTried] = useState<Fetched<Outcome>>(idle)
  useEffect(() => {
    const mine = new AbortController()
    api.call('search.try', { connectionId, topic, filter, count: COUNT }, { signal: mine.signal }).then(
      (found) => setTried(ready(found)),
      (error: unknown) => {
        if (!mine.signal.aborted) setTried((before) => failed(before, error))
      },
    )
    return () => mine.abort()
  }, [api, connectionId, topic, filter])
  if (tried.status === 'failed') return <ErrorState error={tried.error} />
  if (tried.value === undefined) return <StateView kind="loading" title="Reading the newest records…" />
  return <Table {...tried.value} />
}

function Table({ kept, dropped, notJudged, records }: Outcome) {
  const zone = useZone()
  const columns: readonly TableColumn<Tried>[] = [
    { id: 'verdict', title: 'Verdict', width: 150, value: ({ verdict }) => verdictWords(verdict) },
    ...(notJudged.length === 0 ? [] : [{ id: 'why', title: 'Why', width: 200, value: ({ why }: Tried) => why ?? '' }]),
    { id: 'partition', title: 'Partition', width: 84, align: 'end', mono: true, value: ({ partition }) => partition },
    { id: 'offset', title: 'Offset', width: 104, align: 'end', mono: true, value: ({ offset }) => offset, cell: ({ offset }) => formatGrouped(offset) }, // oxfmt-ignore
    { id: 'timestamp', title: 'Timestamp', width: 176, mono: true, value: ({ timestamp }) => timestamp, cell: ({ timestamp }) => formatTimestampShort(timestamp, zone) }, // oxfmt-ignore
    { id: 'key', title: 'Key', width: 132, mono: true, value: ({ key }) => key, cell: ({ key }) => <SafeText text={key ?? 'null'} limit={200} /> }, // oxfmt-ignore
    { id: 'value', title: 'Value', width: 320, flex: 1, mono: true, value: ({ value }) => value, cell: ({ value }) => <SafeText text={value ?? 'null'} limit={400} /> }, // oxfmt-ignore
  ]
  // The records that the filter keeps come first, and among them the newest.
  const sorted = records.toSorted((a, b) => places.indexOf(placeOf(a)) - places.indexOf(placeOf(b)))
  const words = [
    `${formatGrouped(kept)} kept`,
    `${formatGrouped(dropped)} dropped`,
    ...notJudged.map(({ reason, count }) => `${formatGrouped(count)} ${notJudgedWords[reason]}`),
  ]
  return (
    <div className={s.tried}>
      <p>{words.join(' · ')}</p>
      <SmallTable
        label="Records it was tried on"
        columns={columns}
        rows={sorted}
        rowId={({ partition, offset }) => `${partition}:${offset}`}
        tone={({ verdict }) => (verdict === 'kept' || verdict === 'dropped' ? undefined : 'warn')}
        empty={<StateView kind="empty" title="The topic holds no records to try it on." />}
      />
    </div>
  )
}

const places = ['kept', 'not judged', 'dropped'] as const
function placeOf({ verdict }: Tried): (typeof places)[number] {
  return verdict === 'kept' || verdict === 'dropped' ? verdict : 'not judged'
}

function verdictWords(verdict: Tried['verdict']): string {
  return verdict === 'kept' || verdict === 'dropped' ? verdict : notJudgedWords[verdict]
}
