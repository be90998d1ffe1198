import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { PartitionRow } from '#shared/contract/topics.ts'
import { useApi, useNavigation, useZone } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { AnchorsButton } from '../../shared-views/anchors/anchors-button.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Toggle } from '../../ui/checkbox.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatBytes, formatGrouped, formatTime, zoneLabel } from '../../ui/format.ts'
import { RefreshIcon, ReplayIcon } from '../../ui/icons.ts'
import { Bar, Spacer, Summary, View } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { SearchField } from '../../ui/text-field.tsx'
import { GroupsHere } from './groups-here.tsx'
import { PartitionsTable } from './partitions-table.tsx'
import { SettingsTable } from './settings-table.tsx'
import { TopicGroups } from './topic-groups.tsx'
import { createTopicStore, type TopicDetail } from './topic-store.ts'
import { TopicThroughput } from './topic-throughput.tsx'
import { TopicWritten } from './topic-written.tsx'
import { useGroupsIn } from './use-topic-picture.ts'
import s from './topics.module.css'

/** One topic: its partitions with the edges of their logs, and its settings. */
// oxlint-disable-next-line max-lines-per-function -- partitions, settings and groups of one topic: each has a file of its own, and this says when each is shown
export function TopicView({ tabId, intent: { connectionId, topic }, isActive }: TabViewProps<'topic'>) {
  const api = useApi()
  const zone = useZone()
  const navigation = useNavigation()
  const [store] = useState(() => createTopicStore(api, connectionId, topic))
  const { detail, config } = useStore(store)
  const [part, setPart] = useState<'partitions' | 'throughput' | 'settings'>('partitions')
  const [filter, setFilter] = useState('')
  const [onlyChanged, setOnlyChanged] = useState(false)
  const [version, setVersion] = useState(0)
  const here = useGroupsIn(connectionId, topic, { version, isActive })
  const refresh = () => {
    setVersion((before) => before + 1)
    void store.load()
    if (config.status !== 'idle') void store.loadConfig()
  }
  useEffect(() => void store.load(), [store])
  useOffer(refreshing, refresh, isActive)
  const { readAt } = detail
  useTabStatus(
    tabId,
    useMemo(
      () => ({ main: readAt === undefined ? '' : `Read ${formatTime(readAt, zone).slice(0, 8)} ${zoneLabel(zone)}` }),
      [readAt, zone],
    ),
  )
  const found = detail.value
  if (found === undefined) {
    return detail.status === 'failed' ? (
      <ErrorState error={detail.error} onRetry={refresh} />
    ) : (
      <StateView kind="loading" title={`Reading ${topic}…`} />
    )
  }
  const openAt = (row: PartitionRow) =>
    navigation.open({ kind: 'messages', connectionId, topic, partition: row.partition })
  return (
    <View>
      <Bar label={`Actions for ${topic}`}>
        <Button variant="primary" onPress={() => navigation.open({ kind: 'messages', connectionId, topic })}>
          Messages
        </Button>
        <Button onPress={() => navigation.open({ kind: 'replay', connectionId, topic })}>
          <ReplayIcon size={14} aria-hidden="true" />
          Replay…
        </Button>
        <Button onPress={() => navigation.open({ kind: 'produce', connectionId, topic })}>Produce…</Button>
        <TopicGroups connectionId={connectionId} topic={topic} />
        <Segmented
          label="Part of the topic"
          value={part}
          onChange={(next) => {
            setPart(next)
            if (next === 'settings' && config.status === 'idle') void store.loadConfig()
          }}
          options={[
            { id: 'partitions', label: 'Partitions' },
            { id: 'throughput', label: 'Throughput' },
            { id: 'settings', label: 'Settings' },
          ]}
        />
        {part === 'settings' && (
          <>
            <SearchField
              label="Filter settings"
              placeholder="Filter settings"
              className={s.search}
              value={filter}
              onChange={setFilter}
            />
            <Toggle isSelected={onlyChanged} onChange={setOnlyChanged}>
              Only changed
            </Toggle>
          </>
        )}
        <Spacer />
        <AnchorsButton
          connectionId={connectionId}
          words={`the ends of ${topic}`}
          source={() => ({ what: 'topics', topics: [topic], edge: 'high-watermark' })}
        />
        <IconButton label="Refresh" shortcut="F5" onPress={refresh}>
          <RefreshIcon size={14} />
        </IconButton>
      </Bar>
      {detail.status === 'failed' && <ErrorBanner error={detail.error} onRetry={refresh} />}
      {found.failures.map(({ what, error }) => (
        <StateView key={what} kind="partial" title={`${what}: ${error.message}`} />
      ))}
      <Summary>
        <strong>
          <SafeText text={`${topic} ${sentenceOf(found)}`} limit={400} />
        </strong>
      </Summary>
      {part === 'partitions' ? (
        <>
          <TopicWritten connectionId={connectionId} topic={topic} version={version} isActive={isActive} />
          <div className={s.columns}>
            <div className={s.fill}>
              <PartitionsTable
                topic={topic}
                partitions={found.partitions}
                groups={here.items}
                onOpen={openAt}
                menu={(row) => [
                  { id: 'messages', label: 'Open this partition’s messages', onAction: () => openAt(row) },
                  {
                    id: 'replay',
                    label: 'Replay this partition…',
                    isDisabled: row.logStart === null,
                    onAction: () =>
                      navigation.open({
                        kind: 'replay',
                        connectionId,
                        topic,
                        partition: row.partition,
                        ...(row.logStart === null ? {} : { start: row.logStart }),
                      }),
                  },
                ]}
              />
            </div>
            <GroupsHere
              groups={here.items}
              more={here.more}
              error={here.error}
              partitions={found.partitions}
              onOpen={(group) => navigation.open({ kind: 'group', connectionId, group })}
            />
          </div>
        </>
      ) : part === 'throughput' ? (
        <TopicThroughput connectionId={connectionId} topic={topic} isActive={isActive} />
      ) : config.value === undefined ? (
        config.status === 'failed' ? (
          <ErrorState error={config.error} onRetry={() => void store.loadConfig()} />
        ) : (
          <StateView kind="loading" title="Reading the settings…" />
        )
      ) : (
        <SettingsTable topic={topic} settings={config.value} filter={filter} onlyChanged={onlyChanged} />
      )}
    </View>
  )
}

function sentenceOf({ partitions, internal }: TopicDetail): string {
  const offsets = partitions.reduce((sum, one) => sum + ((one.highWatermark ?? 0n) - (one.logStart ?? 0n)), 0n)
  const isWhole = partitions.every((one) => one.highWatermark !== null && one.logStart !== null)
  const sizes = partitions.flatMap((one) => (one.size === null ? [] : [one.size]))
  const size = sizes.length === partitions.length ? `, ${formatBytes(sizes.reduce((a, b) => a + b, 0n))}` : ''
  const open = partitions.filter((one) => one.lastStable !== null && one.highWatermark !== null && one.lastStable < one.highWatermark).length // oxfmt-ignore
  const held = `${isWhole ? 'holds' : 'holds at least'} ${formatGrouped(offsets)} offsets in ${partitions.length} ${partitions.length === 1 ? 'partition' : 'partitions'}${size}.`
  const transactions = open === 0 ? '' : ` Transactions are open in ${open} of them.`
  return `${internal ? 'is internal and ' : ''}${held}${transactions}`
}
