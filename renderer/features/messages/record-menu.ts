import type { ConnectionState } from '#shared/contract/connections.ts'
import type { FullRecord } from '#shared/contract/messages.ts'
import { linkText } from '#shared/links.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { writtenSchemaId } from '#shared/model/schema-id.ts'
import type { Navigation } from '../../workbench/navigation.ts'
import { coordinatesText, kcatText } from '../../shared-views/record/copy-forms.ts'
import type { RecordActions } from '../../shared-views/record/record-actions.ts'
import { copyText } from '../../ui/copy-button.tsx'
import { formatGrouped } from '../../ui/format.ts'
import type { MenuAction } from '../../ui/menu.tsx'

export interface RowPlace {
  partition: number
  offset: bigint
}

/** The group from which the view was opened, and the position that was opened, if any. */
export interface GroupReached {
  group: string
  position: RowPlace | undefined
}

export interface RecordMenuContext {
  connectionId: ConnectionId
  topic: string
  connection: ConnectionState | undefined
  /** The bootstrap addresses, and whether connecting needs credentials or TLS. */
  brokers: readonly string[]
  isSecured: boolean
  navigation: Navigation
  actions: RecordActions
  reached: GroupReached | undefined
  /** Shows the difference to the previous record with the same key. */
  compareWithPrevious: (place: RowPlace) => Promise<void>
  /** Opens the choice of decoders for the topic. */
  decodeAs: (part: 'key' | 'value' | 'header', header?: string) => void
}

/** The ways to copy a record, on a line of the list or opened. */
export function copyMenu(context: RecordMenuContext, place: RowPlace): MenuAction[] {
  const { connectionId, topic, connection, brokers, isSecured, actions } = context
  const at = { topic, ...placeAlone(place) }
  const whole = { connectionId, ...at }
  return [
    { id: 'copyValue', label: 'Copy value', onAction: () => void actions.copy(whole, 'value') },
    { id: 'copyKey', label: 'Copy key', onAction: () => void actions.copy(whole, 'key') },
    { id: 'copyHeaders', label: 'Copy headers', onAction: () => void actions.copyHeaders(whole) },
    { id: 'json', label: 'Copy as JSON', onAction: () => void actions.copyJson(whole) },
    { id: 'coordinates', label: 'Copy coordinates', onAction: () => void copyText(coordinatesText(at)) },
    { id: 'kcat', label: 'Copy as kcat command', onAction: () => void copyText(kcatText(brokers, at, isSecured)) },
    {
      id: 'link',
      label: 'Copy link',
      isDisabled: connection === undefined,
      onAction: () => void copyText(linkText(connection?.name ?? '', at)),
    },
  ]
}

/** The schemas by which its value and its key were decoded. */
export function schemaMenu({ connectionId, topic, navigation }: RecordMenuContext, found: FullRecord): MenuAction[] {
  return (['value', 'key'] as const).flatMap((part) => {
    const schema = (part === 'value' ? found.valueAs : found.keyAs)?.schema
    if (schema === undefined) return []
    return {
      id: `schema-${part}`,
      label: `Open the ${part}’s schema`,
      onAction: () =>
        navigation.open({ kind: 'schema', connectionId, schema: writtenSchemaId(schema.id), topic, part }),
    }
  })
}

/** The other actions: each opens a plan that is reviewed before anything is written. */
export function actionMenu(context: RecordMenuContext, place: RowPlace): MenuAction[] {
  const { connectionId, topic, navigation, actions, reached } = context
  const { partition, offset } = place
  return [
    {
      id: 'saveValue',
      label: 'Save value…',
      onAction: () => void actions.save({ connectionId, topic, partition, offset }, 'value'),
    },
    {
      id: 'replay',
      label: 'Replay this record…',
      onAction: () => navigation.open({ kind: 'replay', connectionId, topic, records: `${partition}:${offset}` }),
    },
    {
      id: 'edit',
      label: 'Edit and produce…',
      onAction: () => produceFrom(context, place),
    },
    {
      id: 'copy',
      label: 'Produce a copy…',
      onAction: () => navigation.open({ kind: 'produce', connectionId, topic, partition, offset, copy: true }),
    },
    {
      id: 'range',
      label: 'Replay from here on…',
      onAction: () => navigation.open({ kind: 'replay', connectionId, topic, partition, start: offset }),
    },
    {
      id: 'previous',
      label: 'Compare with the previous of its key…',
      onAction: () => void context.compareWithPrevious(placeAlone(place)),
    },
    { id: 'decode', label: 'Decode as…', onAction: () => context.decodeAs('value') },
    { id: 'move', label: 'Move a group here…', onAction: () => moveHere(context, place) },
    ...(reached === undefined
      ? []
      : [{ id: 'skip', label: skipWords(reached, place), onAction: () => skipHere(context, place) }]),
  ]
}

/**
 * "Skip this record for order-mailer (650 → 651)…" at the group's position; elsewhere the records between are skipped as well.
 */
function skipWords({ group, position }: GroupReached, { partition, offset }: RowPlace): string {
  return position?.partition === partition && position.offset === offset
    ? `Skip this record for ${group} (${formatGrouped(offset)} → ${formatGrouped(offset + 1n)})…`
    : `Move ${group} behind this record (→ ${formatGrouped(offset + 1n)})…`
}

export function moveHere(
  { connectionId, topic, navigation }: RecordMenuContext,
  { partition, offset }: RowPlace,
): void {
  navigation.open({ kind: 'plan', connectionId, group: '', scope: [{ topic, partitions: [partition] }], offset })
}

/** Fills the form of a new record from it. */
export function produceFrom(
  { connectionId, topic, navigation }: RecordMenuContext,
  { partition, offset }: RowPlace,
): void {
  navigation.open({ kind: 'produce', connectionId, topic, partition, offset })
}

export function skipHere(context: RecordMenuContext, { partition, offset }: RowPlace): void {
  const { connectionId, topic, navigation, reached } = context
  if (reached === undefined) return
  navigation.open({
    kind: 'plan',
    connectionId,
    group: reached.group,
    scope: [{ topic, partitions: [partition] }],
    offset: offset + 1n,
  })
}

const placeAlone = ({ partition, offset }: RowPlace): RowPlace => ({ partition, offset })
