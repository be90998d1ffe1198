import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useNavigation, useServices } from '../../workbench/services.ts'
import { noSummaries } from '../../stores/groups.ts'
import { Button } from '../../ui/button.tsx'
import { formatLag } from '../../ui/format.ts'
import { DownIcon } from '../../ui/icons.ts'
import { Menu, type MenuEntry } from '../../ui/menu.tsx'

/** The groups that have positions in a topic, as far as their summaries are known. */
export function TopicGroups({ connectionId, topic }: { connectionId: ConnectionId; topic: string }) {
  const { groups } = useServices()
  const navigation = useNavigation()
  const list = useStore(groups, (state) => state.byConnection[connectionId])
  const summaries = useStore(groups, (state) => state.summaries[connectionId] ?? noSummaries)
  const isUnknown = list === undefined
  useEffect(() => {
    if (isUnknown) void groups.load(connectionId)
  }, [groups, connectionId, isUnknown])
  const reading = [...summaries.byGroup.values()].filter((one) => one.topics.includes(topic))
  const items: MenuEntry[] = reading.map(({ group, lag }) => ({
    id: `group:${group}`,
    label: `${group} · ${formatLag(lag)} in all its topics`,
    onAction: () => navigation.open({ kind: 'group', connectionId, group }),
  }))
  const words =
    list?.value === undefined ? '' : summaries.readAt === undefined ? ` ${reading.length} so far` : ` ${reading.length}`
  return (
    <Menu
      label={`Groups with positions in ${topic}`}
      trigger={
        <Button>
          Groups{words}
          <DownIcon size={12} aria-hidden="true" />
        </Button>
      }
      items={[
        ...items,
        ...(items.length > 0 ? (['-'] as const) : []),
        { id: 'all', label: 'All groups', onAction: () => navigation.open({ kind: 'groups', connectionId }) },
      ]}
    />
  )
}
