import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { Receipt } from '#shared/contract/replay.ts'
import { useServices, useZone } from '../../workbench/services.ts'
import { useCommand } from '../../workbench/use-command.ts'
import { profileOf } from '../../stores/connections.ts'
import { outcomeTones } from '../../shared-views/receipt/receipt-view.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatGrouped, formatTimestampShort, zoneLabel } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { Split } from '../../ui/split.tsx'
import { StateView } from '../../ui/state-view.tsx'
import type { ReplayStore } from './replay-store.ts'
import { OwnReceipt } from './run-panel.tsx'
import s from './replay.module.css'

/** Every replay that was run from here, newest first. */
export function ReceiptList({ store, isActive }: { store: ReplayStore; isActive: boolean }) {
  const { connections } = useServices()
  const zone = useZone()
  const receipts = useStore(store, (state) => state.receipts)
  const profiles = useStore(connections)
  const [chosen, setChosen] = useState<string>()
  useEffect(() => void store.loadReceipts(), [store])
  useCommand('view.refresh', () => void store.loadReceipts(), isActive)
  const columns = useMemo((): TableColumn<Receipt>[] => {
    const name = (id: string) => profileOf(profiles, id)?.profile.name ?? id
    return [
      {
        id: 'time',
        title: `Started, ${zoneLabel(zone)}`,
        width: 170,
        value: (row) => row.startedAt,
        cell: (row) => formatTimestampShort(row.startedAt, zone).slice(0, -4),
      },
      {
        id: 'from',
        title: 'From',
        width: 150,
        flex: 1,
        value: (row) => `${row.plan.spec.topic} on ${name(row.plan.spec.source)}`,
        cell: (row) => <SafeText text={`${row.plan.spec.topic} on ${name(row.plan.spec.source)}`} limit={200} />,
      },
      {
        id: 'to',
        title: 'To',
        width: 150,
        flex: 1,
        value: (row) => `${row.plan.spec.targetTopic.name} on ${name(row.plan.spec.target)}`,
        cell: (row) => (
          <SafeText text={`${row.plan.spec.targetTopic.name} on ${name(row.plan.spec.target)}`} limit={200} />
        ),
      },
      {
        id: 'copied',
        title: 'Records copied',
        width: 116,
        align: 'end',
        mono: true,
        value: (row) => row.copied,
        cell: (row) => formatGrouped(row.copied),
      },
      {
        id: 'outcome',
        title: 'Result',
        width: 100,
        value: (row) => row.outcome,
        cell: (row) => <Badge tone={outcomeTones[row.outcome]}>{row.outcome}</Badge>,
      },
    ]
  }, [profiles, zone])
  const { value } = receipts
  if (value === undefined) {
    return receipts.status === 'failed' ? (
      <ErrorState error={receipts.error} onRetry={() => void store.loadReceipts()} />
    ) : (
      <StateView kind="loading" title="Reading the receipts…" />
    )
  }
  if (value.items.length === 0 && value.damaged.length === 0) {
    return (
      <StateView kind="empty" title="Nothing was replayed yet.">
        Each replay leaves a receipt here: which offsets were copied, where the copies are, and what was left out.
      </StateView>
    )
  }
  const shown = value.items.find((item) => item.id === chosen)
  return (
    <>
      {receipts.status === 'failed' && <ErrorBanner error={receipts.error} onRetry={() => void store.loadReceipts()} />}
      {value.damaged.length > 0 && (
        <StateView kind="partial" title={`${value.damaged.length} receipts could not be read.`}>
          {value.damaged.join(' ')}
        </StateView>
      )}
      <Split
        direction="vertical"
        label="Resize the receipt"
        panes={[
          {
            id: 'list',
            minSize: '120px',
            children: (
              <div className={s.column}>
                <SmallTable
                  label="Receipts"
                  columns={columns}
                  rows={value.items}
                  rowId={(row) => row.id}
                  selected={chosen === undefined ? [] : [chosen]}
                  onSelectionChange={([id]) => setChosen(id)}
                />
                <p className={s.foot}>
                  {value.items.length} {value.items.length === 1 ? 'receipt' : 'receipts'}
                  {value.more ? ', older ones not read yet' : ', that is all'}
                  {value.more && (
                    <Button
                      size="small"
                      isPending={receipts.status === 'loading'}
                      onPress={() => void store.loadReceipts(true)}
                    >
                      Read older ones
                    </Button>
                  )}
                </p>
              </div>
            ),
          },
          shown !== undefined && {
            id: 'receipt',
            defaultSize: '55%',
            minSize: '160px',
            children: <OwnReceipt receipt={shown} />,
          },
        ]}
      />
    </>
  )
}
