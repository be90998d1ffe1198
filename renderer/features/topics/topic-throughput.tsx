import { useMemo, useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import { ThroughputPanel } from '../../shared-views/throughput/throughput-panel.tsx'
import { useThroughput } from '../../shared-views/throughput/use-throughput.ts'

const HOUR_MS = 3_600_000

/** A topic's throughput while somebody looks, and at the times when somebody looked before. */
export function TopicThroughput({
  connectionId,
  topic,
  isActive,
}: {
  connectionId: ConnectionId
  topic: string
  isActive: boolean
}) {
  const [sinceMs, setSinceMs] = useState(HOUR_MS)
  const follows = useMemo(() => [topic], [topic])
  const { model, version, state } = useThroughput(connectionId, follows, sinceMs, isActive)
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place, and its version says so
  const looks = useMemo(() => [...model.looksOf(topic)], [model, version, topic])
  return <ThroughputPanel of={topic} looks={looks} state={state} sinceMs={sinceMs} onSince={setSinceMs} isWhole />
}
