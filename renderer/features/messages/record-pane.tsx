import { memo, useMemo } from 'react'
import { useStore } from 'zustand'
import { useZone } from '../../workbench/services.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import type { ColumnChoice, FieldUses } from '../../shared-views/record/payload.tsx'
import { RecordPanel } from '../../shared-views/record/record-panel.tsx'
import type { OpenRecordStore } from '../../shared-views/record/record-store.ts'
import { fieldMenu, foundIn, type OnCondition } from './field-menu.ts'
import { recordKey, recordSchema } from './record-commands.ts'
import { actionMenu, copyMenu, schemaMenu, type RecordMenuContext } from './record-menu.ts'
import { sameKeyOf } from './same-key.ts'

export interface RecordPaneProps {
  topic: string
  store: OpenRecordStore
  context: RecordMenuContext
  columns: ColumnChoice
  onCondition: OnCondition
  isActive: boolean
  onStep: (way: -1 | 1) => void
  onClose: () => void
}

/**
 * The open record. It subscribes by itself, so that an arriving payload does not render the list again, nor a cursor move the
 * payload.
 */
export const RecordPane = memo(function RecordPane({
  topic,
  store,
  context,
  columns,
  onCondition,
  isActive,
  onStep,
  onClose,
}: RecordPaneProps) {
  const { place, record, key, value, headerPages, isFetching, shownAs } = useStore(store)
  const zone = useZone()
  const found = record.value?.kind === 'record' ? record.value : undefined
  const schemas = found === undefined ? [] : schemaMenu(context, found)
  useOffer(recordSchema, schemas[0]?.onAction, isActive)
  const sameKey = found === undefined ? null : sameKeyOf(found)
  const findSameKey = sameKey === null ? undefined : () => onCondition(sameKey, true)
  useOffer(recordKey, findSameKey, isActive)
  const uses = useMemo<FieldUses>(
    () => ({ ...columns, searches: (field, value) => fieldMenu(field, foundIn(value), onCondition) }),
    [columns, onCondition],
  )
  if (place === undefined) return null
  return (
    <RecordPanel
      topic={topic}
      place={place}
      record={record}
      payloadKey={key}
      value={value}
      headerPages={headerPages}
      isFetching={isFetching}
      zone={zone}
      shownAs={shownAs}
      onShowAs={store.showAs}
      onMore={(part) => void store.fetchMore(part)}
      onAll={(part) => void store.fetchAll(part)}
      onSave={(part) => void context.actions.save({ connectionId: context.connectionId, topic, ...place }, part)}
      onDecodeAs={context.decodeAs}
      onOpenSchema={(part) => schemas.find(({ id }) => id === `schema-${part}`)?.onAction()}
      columns={uses}
      onOpenElsewhere={(at) => context.navigation.open({ kind: 'messages', connectionId: context.connectionId, ...at })}
      onTurnHeaders={(way) => void store.turnHeaders(way)}
      onRetry={() => void store.open(place)}
      onOpen={(offset) => void store.open({ ...place, offset })}
      onStep={onStep}
      onClose={onClose}
      copies={(found) => copyMenu(context, found)}
      actions={(one) => [
        ...schemaMenu(context, one),
        ...(findSameKey === undefined
          ? []
          : [{ id: 'sameKey', label: 'Find other records with this key', shortcut: 'Alt+K', onAction: findSameKey }]),
        ...actionMenu(context, one),
      ]}
    />
  )
})
