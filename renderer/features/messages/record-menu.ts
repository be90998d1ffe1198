import type { FullRecord } from '#shared/contract/messages.ts'
import type { ConnectionState } from '#shared/contract/connections.ts'
import { linkText } from '#shared/links.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Navigation } from '../../app/navigation.ts'
import { coordinatesText, jsonText, kcatText } from '../../shared-views/record/copy-forms.ts'
import { copyText } from '../../ui/copy-button.tsx'
import type { MenuEntry } from '../../ui/menu.tsx'

export interface RowPlace {
  partition: number
  offset: bigint
}

export interface RecordMenuContext {
  connectionId: ConnectionId
  topic: string
  connection: ConnectionState | undefined
  /** Bootstrap addresses, and whether reaching them needs credentials or TLS. */
  brokers: readonly string[]
  isSecured: boolean
  navigation: Navigation
}

/** What can be done with a record wherever it shows: on a line of the list, or opened. */
export function placeMenu(context: RecordMenuContext, place: RowPlace): MenuEntry[] {
  const { connectionId, topic, connection, navigation, brokers, isSecured } = context
  const at = { topic, ...place }
  return [
    { id: 'coordinates', label: 'Copy coordinates', onAction: () => void copyText(coordinatesText(at)) },
    { id: 'kcat', label: 'Copy as kcat command', onAction: () => void copyText(kcatText(brokers, at, isSecured)) },
    {
      id: 'link',
      label: 'Copy link',
      isDisabled: connection === undefined,
      onAction: () => void copyText(linkText(connection?.name ?? '', at)),
    },
    '-',
    {
      id: 'replay',
      label: 'Replay this record…',
      onAction: () => navigation.openReplay({ connectionId, topic, records: `${place.partition}:${place.offset}` }),
    },
    {
      id: 'edit',
      label: 'Edit and write again…',
      onAction: () =>
        navigation.openReplay({ connectionId, topic, partition: place.partition, start: place.offset, edit: true }),
    },
    {
      id: 'range',
      label: 'Replay from here on…',
      onAction: () =>
        navigation.openReplay({ connectionId, topic, partition: place.partition, start: place.offset, edit: false }),
    },
    {
      id: 'move',
      label: 'Move a group here…',
      onAction: () =>
        navigation.openPlan({
          connectionId,
          group: '',
          topics: [topic],
          partition: place.partition,
          offset: place.offset,
        }),
    },
  ]
}

export function recordMenu(context: RecordMenuContext, record: FullRecord): MenuEntry[] {
  const [coordinates, ...rest] = placeMenu(context, record)
  return [coordinates!, { id: 'json', label: 'Copy as JSON', onAction: () => void copyText(jsonText(record)) }, ...rest]
}
