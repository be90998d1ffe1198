import { useMemo } from 'react'
import { groupReasons } from '#shared/offsets/outcome.ts'
import type { ReplayConcern, ReplayPlan, ReplayPlanRow } from '#shared/contract/replay.ts'
import { Reasons } from '../../shared-views/reasons/reasons.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatBytes, formatDuration, formatGrouped } from '../../ui/format.ts'
import { Summary } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Seekline } from '../../ui/seekline.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import type { SourceFacts } from './replay-store.ts'
import s from './replay.module.css'

const tones: Record<ReplayConcern['kind'], 'warn' | 'bad'> = {
  deleted: 'bad',
  refused: 'bad',
  'too-large': 'bad',
  restamped: 'warn',
  compacted: 'warn',
  partitioning: 'warn',
  loop: 'warn',
  other: 'warn',
}

const words: Record<ReplayConcern['kind'], string> = {
  deleted: 'deleted at once',
  refused: 'refused',
  'too-large': 'too large',
  restamped: 'restamped',
  compacted: 'compacted',
  partitioning: 'partitions',
  loop: 'same topic',
  other: 'note',
}

export interface PlanViewProps {
  plan: ReplayPlan
  source: SourceFacts | undefined
  /** Given where the topic to create is there already. */
  onUseExisting?: (() => void) | undefined
}

/** What a replay would do: the sentence, what the target would do to the records, and each partition's range. */
export function PlanView({ plan, source, onUseExisting }: PlanViewProps) {
  const hasProblems = plan.rows.some((row) => row.error !== undefined)
  const bounds = useMemo(() => new Map(source?.partitions.map((row) => [row.partition, row])), [source])
  const open = plan.rows.reduce((sum, row) => sum + row.openLeftOut, 0n)
  const outside = plan.rows.reduce((sum, row) => sum + row.outside, 0n)
  const columns = useMemo((): TableColumn<ReplayPlanRow>[] => {
    const number = (
      id: string,
      title: string,
      width: number,
      value: (row: ReplayPlanRow) => bigint,
      isQuiet = false,
    ): TableColumn<ReplayPlanRow> => ({
      id,
      title,
      width,
      align: 'end',
      mono: true,
      value,
      cell: (row) =>
        isQuiet && value(row) === 0n ? <span className={s.dim}>0</span> : <span>{formatGrouped(value(row))}</span>,
    })
    const all: (TableColumn<ReplayPlanRow> | false)[] = [
      { id: 'p', title: 'Partition', width: 84, align: 'end', mono: true, value: (row) => row.partition },
      number('from', 'From', 116, (row) => row.from),
      number('to', 'To before', 116, (row) => row.to),
      number('offsets', 'Offsets', 104, (row) => row.offsets),
      {
        id: 'log',
        title: 'Log start → high watermark',
        width: 120,
        flex: 2,
        isSortable: false,
        value: () => null,
        cell: (row) => {
          const log = bounds.get(row.partition)
          if (log?.logStart == null || log.highWatermark === null) return null
          return (
            <Seekline
              label={`Partition ${row.partition}`}
              logStart={log.logStart}
              highWatermark={log.highWatermark}
              lastStable={log.lastStable ?? undefined}
              range={{ start: row.from, end: row.to }}
            />
          )
        },
      },
      {
        id: 'target',
        title: 'To partition',
        width: 92,
        align: 'end',
        mono: true,
        value: (row) => row.targetPartition,
        cell: (row) => row.targetPartition ?? <span className={s.dim}>{row.error === undefined ? 'by key' : '–'}</span>,
      },
      number('open', 'Open, left out', 116, (row) => row.openLeftOut, true),
      number('outside', 'Outside the log', 128, (row) => row.outside, true),
      hasProblems && {
        id: 'error',
        title: 'Problem',
        width: 240,
        flex: 4,
        isSortable: false,
        value: (row) => row.error?.message,
        cell: (row) =>
          row.error === undefined ? null : (
            <span className={s.bad} title={row.error.message}>
              <SafeText text={row.error.message} limit={200} />
            </span>
          ),
      },
    ]
    return all.filter((column) => column !== false)
  }, [bounds, hasProblems])
  return (
    <>
      {/* A refusal says it itself; twice the same sentence helps nobody. */}
      {plan.refusal?.message !== plan.summary && (
        <Summary
          badges={
            <>
              {plan.estimatedBytes !== null && <Badge>about {formatBytes(plan.estimatedBytes)}</Badge>}
              {plan.shiftMs !== null && <Badge>timestamps +{formatDuration(plan.shiftMs)}</Badge>}
              {open > 0n && <Badge tone="warn">{formatGrouped(open)} open, left out</Badge>}
              {outside > 0n && <Badge tone="warn">{formatGrouped(outside)} outside the log</Badge>}
            </>
          }
        >
          <b>
            <SafeText text={plan.summary} />
          </b>
        </Summary>
      )}
      {plan.refusal !== null && (
        <ErrorBanner
          error={plan.refusal}
          actions={
            onUseExisting !== undefined && (
              <Button size="small" onPress={onUseExisting}>
                Replay into it
              </Button>
            )
          }
        />
      )}
      {plan.concerns.length > 0 && (
        <ul className={s.concerns} aria-label="What the target would do">
          {plan.concerns.map((concern, at) => (
            <li key={`${concern.kind}-${at}`}>
              <Badge tone={tones[concern.kind]}>
                {concern.offsets === null ? '' : `up to ${formatGrouped(concern.offsets)} `}
                {words[concern.kind]}
              </Badge>
              <SafeText text={concern.sentence} />
            </li>
          ))}
        </ul>
      )}
      <Reasons
        reasons={groupReasons(
          plan.rows.map((row) => ({
            ...row,
            topic: plan.spec.topic,
            status: 'refused',
            message: row.error?.message ?? null,
          })),
        )}
        badge={() => ({ tone: 'bad', word: 'refused' })}
      />
      <SmallTable
        label="Ranges per partition"
        columns={columns}
        columnsId="replay-plan"
        rows={plan.rows}
        rowId={(row) => `${row.partition}-${row.from}`}
        tone={(row) => (row.error === undefined ? undefined : 'bad')}
        empty={<p className={s.empty}>No partition has anything in this range.</p>}
      />
    </>
  )
}
