import { useEffect, useState } from 'react'
import type { SamplingState } from '#shared/contract/lag.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { watchOn } from '../../stores/watch-again.ts'
import { useApi } from '../../workbench/services.ts'
import { SamplesModel } from './samples-model.ts'

export interface GroupSamples {
  readonly model: SamplesModel
  /** Changes whenever the model does. */
  readonly version: number
  readonly state: SamplingState | undefined
}

const RETRY_MS = 2_000

const nothingYet = (): GroupSamples => ({ model: new SamplesModel(), version: 0, state: undefined })

/** Takes readings of one group while its tab is active; stored readings of the time before come first. */
export function useSamples(
  connectionId: ConnectionId,
  group: string,
  sinceMs: number,
  isActive: boolean,
): GroupSamples {
  const api = useApi()
  const [samples, setSamples] = useState(nothingYet)
  useEffect(() => {
    if (!isActive) return undefined
    const end = new AbortController()
    const { signal } = end
    void watchOn(signal, RETRY_MS, () => {
      const model = new SamplesModel()
      const since = BigInt(Date.now() - sinceMs)
      return api.openStream(
        'groups.samples',
        { connectionId, group, since },
        {
          signal,
          onBatch: (frame) => {
            model.add(frame)
            setSamples(({ version, state }) => ({ model, version: version + 1, state }))
          },
          onProgress: (state) => setSamples((before) => ({ ...before, state })),
        },
      )
    })
    return () => end.abort()
  }, [api, connectionId, group, sinceMs, isActive])
  return samples
}
