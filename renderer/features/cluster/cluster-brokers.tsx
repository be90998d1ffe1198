import { useMemo, useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import { ThroughputPanel } from '../../shared-views/throughput/throughput-panel.tsx'
import { useThroughput } from '../../shared-views/throughput/use-throughput.ts'
import { formatGrouped } from '../../ui/format.ts'
import { Select } from '../../ui/select.tsx'
import { BrokersTable } from './brokers-table.tsx'
import type { ClusterFacts, ClusterLoad } from './cluster-store.ts'
import s from './cluster.module.css'

/** Stands for all brokers together. */
const ALL = 'all'
const HOUR_MS = 3_600_000

interface BrokersProps {
  facts: ClusterFacts
  loads: ClusterLoad['brokers'] | undefined
  isUp: boolean
  connectionId: ConnectionId
  isActive: boolean
}

/** What is stored on each broker, and its throughput: of one broker or of all together. */
export function ClusterBrokers({ facts: { brokers }, loads, isUp, connectionId, isActive }: BrokersProps) {
  const [sinceMs, setSinceMs] = useState(HOUR_MS)
  const [of, setOf] = useState(ALL)
  const throughput = useThroughput(connectionId, 'brokers', sinceMs, isActive)
  const { model, version, state } = throughput
  const one = brokers.find(({ id }) => String(id) === of)
  const looks = useMemo(
    () => [...(one === undefined ? model.sum() : model.looksOf(String(one.id)))],
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place, and its version says so
    [model, version, one],
  )
  return (
    <>
      <section className={s.brokers} aria-label="Brokers">
        <h3>
          {formatGrouped(brokers.length)} {brokers.length === 1 ? 'broker' : 'brokers'}
          {!isUp && ', as last read: none answers now'}
        </h3>
        <BrokersTable brokers={brokers} loads={loads} throughput={throughput} onOpen={(id) => setOf(String(id))} />
      </section>
      <ThroughputPanel
        of={one === undefined ? 'all brokers' : `broker ${one.id}`}
        looks={looks}
        state={state}
        sinceMs={sinceMs}
        onSince={setSinceMs}
        isWhole={false}
        choice={
          <Select
            label="Throughput of"
            layout="inline"
            options={[
              { id: ALL, label: 'all brokers' },
              ...brokers.map(({ id }) => ({ id: String(id), label: `broker ${id}` })),
            ]}
            value={one === undefined ? ALL : of}
            onChange={setOf}
          />
        }
      />
    </>
  )
}
