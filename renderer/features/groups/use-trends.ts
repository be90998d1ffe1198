import { useEffect, useRef, useState } from 'react'
import type { GroupTrend } from '#shared/contract/lag.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { watchOn } from '../../stores/watch-again.ts'
import { useApi } from '../../workbench/services.ts'

/** The trend of a group, with a line of its last readings. */
export interface KnownTrend extends GroupTrend {
  readonly line: readonly (number | null)[]
}

export type TrendsByGroup = ReadonlyMap<string, KnownTrend>

const RETRY_MS = 2_000
/** Twenty minutes, at one reading every ten seconds. */
const LINE_LOOKS = 120

/**
 * Takes readings of these groups while the list is active. When the set of groups changes, the stream starts again; what is
 * known of the others stays.
 */
export function useTrends(connectionId: ConnectionId, groups: readonly string[], isActive: boolean): TrendsByGroup {
  const api = useApi()
  const [trends, setTrends] = useState<TrendsByGroup>(() => new Map())
  const names = useRef(groups)
  // The list is refreshed regularly, and mostly has the same names.
  const told = groups.join('\n')
  useEffect(() => {
    names.current = groups
  })
  useEffect(() => {
    if (!isActive || told === '') return undefined
    const end = new AbortController()
    const { signal } = end
    void watchOn(signal, RETRY_MS, () =>
      api.openStream(
        'groups.trends',
        { connectionId, groups: [...names.current].slice(0, 50_000) },
        { signal, onBatch: (rows) => setTrends((before) => new Map([...before, ...rows.map((row) => [row.group, withLine(row, before.get(row.group))] as const)])) }, // oxfmt-ignore
      ),
    )
    return () => end.abort()
  }, [api, connectionId, told, isActive])
  return trends
}

function withLine(row: GroupTrend, before: KnownTrend | undefined): KnownTrend {
  const [first] = row.at
  const fresh = [...row.lag].map((lag) => (lag < 0n ? null : Number(lag)))
  // A stream that starts again repeats what it sent before.
  const lastTold = before?.at.at(-1)
  const old =
    before === undefined || (first !== undefined && lastTold !== undefined && first <= lastTold) ? [] : before.line
  return { ...row, line: [...old, ...fresh].slice(-LINE_LOOKS) }
}
