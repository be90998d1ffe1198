import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { Plan } from '#shared/contract/offsets.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { meaningSentence } from '#shared/offsets/meaning-sentence.ts'
import { useApi, useZone } from '../../workbench/services.ts'
import { formatTimestampShort } from '../../ui/format.ts'
import { createMeaningStore, type PlansMeaning } from './meaning-store.ts'

export interface UsedMeaning {
  readonly meaning: PlansMeaning
  /** About all plans; undefined until all of it is read. */
  readonly sentence: string | undefined
  /** The progress of reading, if it takes a while. */
  readonly progress: string | undefined
}

/** Reads what the plans shown mean. Pass the same value as long as the plans are the same. */
export function useMeaning(connectionId: ConnectionId, plans: readonly Plan[] | undefined): UsedMeaning {
  const api = useApi()
  const zone = useZone()
  const [store] = useState(() => createMeaningStore(api, connectionId))
  const meaning = useStore(store)
  useEffect(() => {
    store.follow(plans)
  }, [store, plans])
  useEffect(() => store.stop, [store])
  const { readAt, lines, progress } = meaning
  const own = meaning.plans === plans ? plans : undefined
  const sentence = useMemo(() => {
    if (own === undefined || readAt === undefined) return undefined
    const time = (ms: bigint) => formatTimestampShort(ms, zone).replace(/:\d\d\.\d+$/, '')
    return meaningSentence(own, [...lines.values()], { time, now: readAt })
  }, [own, readAt, lines, zone])
  return {
    meaning,
    sentence,
    progress:
      readAt === undefined && progress !== null && progress.lines < progress.of
        ? `What it means was read of ${progress.lines} of ${progress.of} partitions so far.`
        : undefined,
  }
}
