import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { Output } from '#shared/contract/define.ts'
import type { GroupInTopic, topics } from '#shared/contract/topics.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { noSummaries } from '../../stores/groups.ts'
import { failed, idle, ready, type Fetched } from '../../stores/fetched.ts'
import { useApi, useServices } from '../../workbench/services.ts'

type WrittenOver = Output<(typeof topics)['topics.written']>

const HOUR = 3_600_000

/** Periods, each with a familiar width of its bars. */
export const stretches = [
  { id: '6h', label: '6 hours, by 10 minutes', steps: 36, stepMs: HOUR / 6, bar: '10 minutes' },
  { id: '2d', label: '2 days, by the hour', steps: 48, stepMs: HOUR, bar: 'hour' },
  { id: '14d', label: '14 days, by 6 hours', steps: 56, stepMs: 6 * HOUR, bar: '6 hours' },
  { id: '90d', label: '90 days, by the day', steps: 90, stepMs: 24 * HOUR, bar: 'day' },
] as const

/** How many offsets were written over time; read when somebody looks, and again after `version` changes. */
export function useWritten(
  connectionId: ConnectionId,
  topic: string,
  stretch: (typeof stretches)[number],
  { version, isActive }: { version: number; isActive: boolean },
): Fetched<WrittenOver> {
  const api = useApi()
  /** With the period that it is of: under another one's words its bars would say what is not so. */
  const [of, setOf] = useState<{ stretch: typeof stretch; written: Fetched<WrittenOver> }>({ stretch, written: idle })
  useEffect(() => {
    if (!isActive) return undefined
    const mine = new AbortController()
    const { signal } = mine
    const { steps, stepMs } = stretch
    // Ends at whole hours and days, so that bars keep their place.
    const to = BigInt(Math.ceil(Date.now() / stepMs) * stepMs)
    const input = { connectionId, topic, from: to - BigInt(steps * stepMs), to, steps }
    void api.call('topics.written', input, { signal }).then(
      (found) => !signal.aborted && setOf({ stretch, written: ready(found) }),
      (error: unknown) =>
        !signal.aborted &&
        setOf((before) => ({ stretch, written: failed(before.stretch === stretch ? before.written : idle, error) })),
    )
    return () => mine.abort()
  }, [api, connectionId, topic, stretch, version, isActive])
  return of.stretch === stretch ? of.written : idle
}

/** Groups beyond this number are not drawn: their ticks would cover each other. */
const MOST_GROUPS_DRAWN = 200
const NO_GROUPS: readonly GroupInTopic[] = []

/** The positions of the groups that read a topic, by name; as far as their summaries are known. */
export function useGroupsIn(
  connectionId: ConnectionId,
  topic: string,
  { version, isActive }: { version: number; isActive: boolean },
): { items: readonly GroupInTopic[]; more: number; error: unknown } {
  const api = useApi()
  const { groups } = useServices()
  const summaries = useStore(groups, (state) => state.summaries[connectionId] ?? noSummaries)
  const names = useMemo(
    () => [...summaries.byGroup.values()].flatMap((one) => (one.topics.includes(topic) ? [one.group] : [])).toSorted(),
    [summaries.byGroup, topic],
  )
  const [found, setFound] = useState<{ items: readonly GroupInTopic[]; error: unknown }>({ items: NO_GROUPS, error: undefined }) // oxfmt-ignore
  const asked = names.slice(0, MOST_GROUPS_DRAWN).join('\0')
  useEffect(() => {
    if (!isActive || asked === '') return undefined
    const mine = new AbortController()
    const { signal } = mine
    void api.call('topics.positions', { connectionId, topic, groups: asked.split('\0') }, { signal }).then(
      ({ items }) => !signal.aborted && setFound({ items, error: undefined }),
      (error: unknown) => !signal.aborted && setFound((before) => ({ ...before, error })),
    )
    return () => mine.abort()
  }, [api, connectionId, topic, asked, version, isActive])
  return {
    ...found,
    items: asked === '' ? NO_GROUPS : found.items,
    more: Math.max(0, names.length - MOST_GROUPS_DRAWN),
  }
}
