import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { sentSentence, type ClusterFacts } from './cluster-store.ts'
import s from './cluster.module.css'

type Sent = ClusterFacts['sent'][number]

/** Shows whether anything but reads was sent. Pressing it opens the evidence, request by request. */
export function SentChip({ sent }: { sent: ClusterFacts['sent'] }) {
  const [isOpen, setOpen] = useState(false)
  const { lead, rest, writes } = sentSentence(sent, formatGrouped)
  return (
    <>
      <Button size="small" variant={writes === 0 ? 'ok' : 'warn'} onPress={() => setOpen(true)}>
        {writes === 0 ? 'reads only' : 'writes were sent'}
      </Button>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title="Requests sent since connecting" size="wide">
        <p className={s.sentWords}>
          <b>{lead}</b>
          {rest}
        </p>
        <div className={s.sent}>
          <SmallTable
            label="Requests sent"
            columns={columns}
            rows={sent}
            rowId={(row) => row.api}
            initialSort={{ column: 'count', direction: 'descending' }}
            tone={(row) => (row.effect === 'write' ? 'warn' : undefined)}
            empty={<p className={s.empty}>Nothing was sent yet.</p>}
          />
        </div>
      </Dialog>
    </>
  )
}

const columns: TableColumn<Sent>[] = [
  { id: 'api', title: 'API', width: 160, flex: 1, value: (row) => row.api },
  { id: 'effect', title: 'Kind', width: 90, value: (row) => row.effect },
  {
    id: 'count',
    title: 'Requests',
    width: 110,
    align: 'end',
    mono: true,
    value: (row) => row.count,
    cell: (row) => formatGrouped(row.count),
  },
]
