import { useMemo, useState } from 'react'
import type { GroupDetail } from '#shared/contract/groups.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { positionsAt } from '#shared/offsets/positions-then.ts'
import { handOver } from '../../workbench/handed-specs.ts'
import { useNavigation, useZone } from '../../workbench/services.ts'
import { formatTimestamp } from '../../ui/format.ts'
import type { TimelineMoment } from './group-timeline.tsx'
import { vectorAt, type StoodAt } from './timeline-model.ts'
import type { GroupCommits } from './use-commits.ts'
import type { GroupSamples } from './use-samples.ts'

export interface GroupMoment {
  readonly moment: TimelineMoment
  readonly onMoment: (change: Partial<TimelineMoment>) => void
  /** The position of each partition at that time; undefined: the current positions are shown. */
  readonly then: ReadonlyMap<string, StoodAt> | undefined
  /** Opens the plan that sets the group to its positions at the selected time. */
  readonly setBack: () => void
}

/** The selected time of a group's timeline, and all its positions at that time. */
export function useMoment(
  connectionId: ConnectionId,
  detail: GroupDetail | undefined,
  { model, version }: GroupSamples,
  { history }: GroupCommits,
): GroupMoment {
  const navigation = useNavigation()
  const zone = useZone()
  const [moment, setMoment] = useState<TimelineMoment>({ pinned: undefined, hovered: undefined })
  const shown = moment.hovered ?? moment.pinned
  const points = history.value?.points
  const then = useMemo(
    () => (shown === undefined || detail === undefined ? undefined : vectorAt(shown, detail.positions, model, points ?? [])), // oxfmt-ignore
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place, and its version says so
    [shown, detail, model, version, points],
  )
  const setBack = () => {
    const { pinned } = moment
    if (pinned === undefined || detail === undefined) return
    const { group } = detail
    const committed = positionsAt(points ?? [], pinned)
    const stands = detail.positions.filter((at) => at.position !== null)
    if (stands.every((at) => (committed.get(keyOf(at))?.position ?? null) !== null)) {
      return navigation.open({ kind: 'plan', connectionId, group, then: pinned })
    }
    // A plan could not find positions again that only this app's readings have, so the offsets themselves are passed.
    const vector = vectorAt(pinned, detail.positions, model, points ?? [])
    const offsets = detail.positions.flatMap(({ topic, topicId, partition }) => {
      const offset = vector.get(keyOf({ topic, partition }))?.offset
      return offset == null ? [] : [{ topic, topicId, partition, offset }]
    })
    const scope = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, of]) => ({ topic, partitions: of.map((at) => at.partition) })) // oxfmt-ignore
    const name = `where ${group} stood ${formatTimestamp(pinned, zone).slice(0, 19)}`
    const handed = handOver({ name, specs: [{ group, scope, target: { at: 'offsets', offsets } }] })
    navigation.open({ kind: 'plans', connectionId, groups: [group], handed })
  }
  return { moment, onMoment: (change) => setMoment((before) => ({ ...before, ...change })), then, setBack }
}
