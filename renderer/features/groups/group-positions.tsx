import type { GroupDetail, GroupPosition } from '#shared/contract/groups.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { positionWords } from '#shared/offsets/position-words.ts'
import { useNavigation, useZone } from '../../workbench/services.ts'
import { copyText } from '../../ui/copy-button.tsx'
import { isShare } from './group-words.ts'
import { PositionsTable } from './positions-table.tsx'
import type { ShareStates } from './share-state-store.ts'
import type { StoodAt } from './timeline-model.ts'
import type { GroupSamples } from './use-samples.ts'
import { useUnread } from './use-unread.ts'

export interface StandingProps {
  detail: GroupDetail
  connectionId: ConnectionId
  isActive: boolean
  samples: GroupSamples
  written: ShareStates | undefined
  then: ReadonlyMap<string, StoodAt> | undefined
  isPartial: boolean
}

/** The group's position in each partition, and the actions for it. */
export function Standing(props: StandingProps) {
  const { detail, connectionId, isActive, samples, written, then, isPartial } = props
  const navigation = useNavigation()
  const zone = useZone()
  const { found, want } = useUnread(connectionId, isActive)
  const { group, positions, members } = detail
  const words = positionWords(detail.type)
  const openMessage = ({ topic, partition, position }: GroupPosition) =>
    navigation.open({ kind: 'messages', connectionId, topic, partition, group, ...(position === null ? {} : { offset: atLeastZero(position.offset) }) }) // oxfmt-ignore
  return (
    <PositionsTable
      group={group}
      isShare={isShare(detail)}
      positions={positions}
      members={members ?? []}
      unread={found}
      written={written}
      samples={samples}
      then={then}
      onVisible={want}
      zone={zone}
      isPartial={isPartial}
      onOpen={openMessage}
      menu={(at) =>
        compact([
          { id: 'message', label: at.position === null ? 'Open the partition’s messages' : `Open the message at the ${words.one}`, onAction: () => openMessage(at) }, // oxfmt-ignore
          !isShare(detail) && { id: 'stuck', label: 'The record it stands at, and past it…', isDisabled: at.position === null, onAction: () => navigation.open({ kind: 'stuck', connectionId, group, topic: at.topic, partition: at.partition }) }, // oxfmt-ignore
          { id: 'plan', label: `Move this ${words.one}…`, onAction: () => navigation.open({ kind: 'plan', connectionId, group, scope: [{ topic: at.topic, partitions: [at.partition] }] }) }, // oxfmt-ignore
          // Kafka deletes start offsets of whole topics only.
          !isShare(detail) && { id: 'delete', label: 'Delete this position…', isDisabled: at.position === null, onAction: () => navigation.open({ kind: 'delete', connectionId, group, scope: [{ topic: at.topic, partitions: [at.partition] }] }) }, // oxfmt-ignore
          '-',
          { id: 'copy', label: `Copy topic, partition and ${words.one}`, isDisabled: at.position === null, onAction: () => void copyText(`${at.topic},${at.partition},${String(at.position?.offset)}`) }, // oxfmt-ignore
        ])
      }
    />
  )
}

const compact = <T,>(entries: readonly (T | false)[]): T[] => entries.filter((one): one is T => one !== false)

/** Some clients commit −1 or −2. No record has such an offset, but what they want to see is the start of the log. */
function atLeastZero(offset: bigint): bigint {
  return offset < 0n ? 0n : offset
}
