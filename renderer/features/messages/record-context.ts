import { useMemo } from 'react'
import { useStore } from 'zustand'
import { useConnection, useNavigation, useServices } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { createRecordActions } from '../../shared-views/record/record-actions.ts'
import { openRecord, type OpenRecord } from './record-commands.ts'
import { moveHere, produceFrom, skipHere, type RecordMenuContext, type RowPlace } from './record-menu.ts'

export function useMenuContext(
  { connectionId, topic, group, partition, offset }: Omit<TabViewProps<'messages'>['intent'], 'kind'>,
  compareWithPrevious: RecordMenuContext['compareWithPrevious'],
  decodeAs: RecordMenuContext['decodeAs'],
): RecordMenuContext {
  const navigation = useNavigation()
  const connection = useConnection(connectionId)
  const { connections, api, files } = useServices()
  const actions = useMemo(() => createRecordActions(api, files), [api, files])
  const entry = useStore(connections, (all) =>
    all.profiles.value?.find((one) => one.profile.id === connection?.profileId),
  )
  return useMemo(
    () => ({
      connectionId,
      topic,
      connection,
      brokers: entry?.profile.brokers ?? [],
      isSecured: entry !== undefined && (entry.profile.tls.enabled || entry.profile.sasl.mechanism !== 'none'),
      navigation,
      actions,
      compareWithPrevious,
      decodeAs,
      reached:
        group === undefined
          ? undefined
          : { group, position: partition === undefined || offset === undefined ? undefined : { partition, offset } },
    }),
    [
      connectionId,
      topic,
      connection,
      entry,
      navigation,
      actions,
      group,
      partition,
      offset,
      compareWithPrevious,
      decodeAs,
    ],
  )
}

/** The open record's menu once more, for the palette. */
export function useRecordCommands(context: RecordMenuContext, place: RowPlace | undefined, isActive: boolean): void {
  const { connectionId, topic, actions, reached } = context
  const at = { connectionId, topic, partition: place?.partition ?? 0, offset: place?.offset ?? 0n }
  const record: OpenRecord = {
    copy: (part) => void actions.copy(at, part),
    copyHeaders: () => void actions.copyHeaders(at),
    copyJson: () => void actions.copyJson(at),
    saveValue: () => void actions.save(at, 'value'),
    compareWithPrevious: () => void context.compareWithPrevious(at),
    produce: () => produceFrom(context, at),
    move: () => moveHere(context, at),
    skip: reached && (() => skipHere(context, at)),
  }
  useOffer(openRecord, place && record, isActive)
}
