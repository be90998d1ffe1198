import { useEffect, useRef, useState } from 'react'
import type { ThroughputState } from '#shared/contract/throughput.ts'
import { MOST_TOPICS_LOOKED_AT } from '#shared/contract/throughput.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { watchOn } from '../../stores/watch-again.ts'
import { useApi } from '../../workbench/services.ts'
import { ThroughputModel } from './throughput-model.ts'

export interface Throughput {
  readonly model: ThroughputModel
  /** Changes whenever the model does. */
  readonly version: number
  readonly state: ThroughputState | undefined
}

const RETRY_MS = 2_000

const nothingYet = (): Throughput => ({ model: new ThroughputModel(), version: 0, state: undefined })

/**
 * Samples what these topics, or all brokers, gain while the view is in front; stored samples come first. A new list of topics
 * starts it again; what is shown stays until then.
 */
export function useThroughput(
  connectionId: ConnectionId,
  follows: readonly string[] | 'brokers',
  sinceMs: number,
  isActive: boolean,
): Throughput {
  const api = useApi()
  const [found, setFound] = useState(nothingYet)
  const latest = useRef(follows)
  useEffect(() => {
    latest.current = follows
  })
  const told = follows === 'brokers' ? '/brokers' : follows.join('\n')
  useEffect(() => {
    if (!isActive || told === '') return undefined
    const end = new AbortController()
    const { signal } = end
    void watchOn(signal, RETRY_MS, () => {
      const model = new ThroughputModel()
      const topics = latest.current
      const since = BigInt(Date.now() - sinceMs)
      const handlers = {
        signal,
        onBatch: (frame: Parameters<ThroughputModel['add']>[0]) => {
          model.add(frame)
          setFound(({ version, state }) => ({ model, version: version + 1, state }))
        },
        onProgress: (state: ThroughputState) => setFound((before) => ({ ...before, state })),
      }
      return topics === 'brokers'
        ? api.openStream('throughput.brokers', { connectionId, since }, handlers)
        : api.openStream('throughput.topics', { connectionId, since, topics: topics.slice(0, MOST_TOPICS_LOOKED_AT) }, handlers) // oxfmt-ignore
    })
    return () => end.abort()
  }, [api, connectionId, told, sinceMs, isActive])
  return found
}
