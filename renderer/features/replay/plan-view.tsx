import { useMemo } from 'react'
import { groupReasons } from '#shared/offsets/outcome.ts'
import type { ReplayPlan, ReplayPlanRow } from '#shared/contract/replay.ts'
import { PlanFrame } from '../../shared-views/plan-frame/plan-frame.tsx'
import { Reasons } from '../../shared-views/reasons/reasons.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { formatBytes, formatDuration, formatGrouped } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { Seekline } from '../../ui/seekline.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { warningOf } from '../../shared-views/plan-frame/concern-words.ts'
import type { DescribedSource } from './replay-store.ts'
import s from './replay.module.css'

export interface PlanViewProps {
  plan: ReplayPlan
  source: DescribedSource | undefined
  /** The form has changed since. */
  isOld: boolean
  /** Set if the topic to create exists already. */
  onUseExisting?: (() => void) | undefined
}

/**
 * The effect of a replay: the summary sentence, what the target's settings would do to the records, and each partition's range.
 */
// oxlint-disable-next-line max-lines-per-function -- the frame of one plan with its columns; the words of a cell are in files of their own
export function ReplayPlanView({ plan, source, isOld, onUseExisting }: PlanViewProps) {
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
    <PlanFrame
      sentence={plan.summary}
      afterword="Nothing is written until you run it."
      badges={
        <>
          {plan.estimatedBytes !== null && <Badge>about {formatBytes(plan.estimatedBytes)}</Badge>}
          {plan.shiftMs !== null && <Badge>timestamps +{formatDuration(plan.shiftMs)}</Badge>}
          {open > 0n && <Badge tone="warn">{formatGrouped(open)} open, left out</Badge>}
          {outside > 0n && <Badge tone="warn">{formatGrouped(outside)} outside the log</Badge>}
          {plan.refusal !== null && <Badge tone="bad">refused</Badge>}
        </>
      }
      isOld={isOld}
      refusal={plan.refusal}
      refusalActions={
        onUseExisting !== undefined && (
          <Button size="small" onPress={onUseExisting}>
            Replay into it
          </Button>
        )
      }
      warnings={plan.concerns.map(warningOf)}
      reasons={
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
      }
    >
      <SmallTable
        label="Ranges per partition"
        columns={columns}
        columnsId="replay-plan"
        rows={plan.rows}
        rowId={(row) => `${row.partition}-${row.from}`}
        tone={(row) => (row.error === undefined ? undefined : 'bad')}
        empty={<p className={s.empty}>No partition has anything in this range.</p>}
      />
    </PlanFrame>
  )
}
