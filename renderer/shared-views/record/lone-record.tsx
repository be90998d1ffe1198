import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { FullRecord } from '#shared/contract/messages.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { writtenSchemaId } from '#shared/model/schema-id.ts'
import { coordinatesText } from './copy-forms.ts'
import { copyText } from '../../ui/copy-button.tsx'
import type { MenuEntry } from '../../ui/menu.tsx'
import { useApi, useNavigation, useServices, useZone } from '../../workbench/services.ts'
import type { FieldUses } from './payload.tsx'
import { createRecordActions } from './record-actions.ts'
import { RecordPanel } from './record-panel.tsx'
import { createOpenRecordStore } from './record-store.ts'
import styles from './record.module.css'

export interface LoneRecordProps {
  connectionId: ConnectionId
  topic: string
  partition: number
  offset: bigint
  /** What else can be done with it here. */
  actions?: ((record: FullRecord) => readonly MenuEntry[]) | undefined
  /** Shown above its panel. */
  head?: ((record: FullRecord) => ReactNode) | undefined
  /** Left out: the record is alone, without a previous or next one. */
  onStep?: ((way: -1 | 1) => void) | undefined
  onClose?: (() => void) | undefined
}

const noColumns: FieldUses = { has: () => false, toggle: null, searches: () => [] }

/**
 * One record in full where there is no list of its topic: read, shown, copied, and opened there. Its React key is its topic.
 */
export function LoneRecord({
  connectionId,
  topic,
  partition,
  offset,
  actions,
  head,
  onStep,
  onClose,
}: LoneRecordProps) {
  const api = useApi()
  const { files } = useServices()
  const navigation = useNavigation()
  const zone = useZone()
  const [store] = useState(() => createOpenRecordStore(api, connectionId, topic))
  const forms = useMemo(() => createRecordActions(api, files), [api, files])
  useEffect(() => void store.open({ partition, offset }), [store, partition, offset])
  useEffect(() => () => store.close(), [store])
  const { place, record, key, value, headerPages, isFetching, shownAs } = useStore(store)
  if (place === undefined) return null
  const at = { connectionId, topic, ...place }
  /** Decoding rules of a topic are set in the topic's own list. */
  const openList = () => navigation.open({ kind: 'messages', ...at })
  const panel = (
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
      onSave={(part) => void forms.save(at, part)}
      onDecodeAs={openList}
      onOpenSchema={(part) => {
        const found = record.value?.kind === 'record' ? record.value : undefined
        const schema = (part === 'value' ? found?.valueAs : found?.keyAs)?.schema
        if (schema !== undefined) navigation.open({ kind: 'schema', connectionId, schema: writtenSchemaId(schema.id), topic, part }) // oxfmt-ignore
      }}
      columns={noColumns}
      onOpenElsewhere={(other) => navigation.open({ kind: 'messages', connectionId, ...other })}
      onTurnHeaders={(way) => void store.turnHeaders(way)}
      onRetry={() => void store.open(place)}
      onOpen={(other) => void store.open({ ...place, offset: other })}
      onStep={onStep}
      onClose={onClose}
      copies={() => [
        { id: 'value', label: 'Copy value', onAction: () => void forms.copy(at, 'value') },
        { id: 'key', label: 'Copy key', onAction: () => void forms.copy(at, 'key') },
        { id: 'headers', label: 'Copy headers', onAction: () => void forms.copyHeaders(at) },
        { id: 'json', label: 'Copy as JSON', onAction: () => void forms.copyJson(at) },
        { id: 'coordinates', label: 'Copy coordinates', onAction: () => void copyText(coordinatesText({ topic, ...place })) }, // oxfmt-ignore
      ]}
      actions={(one) => [
        ...(actions?.(one) ?? []),
        { id: 'list', label: 'Open it in its topic’s messages', onAction: openList },
      ]}
    />
  )
  if (head === undefined) return panel
  return (
    <div className={styles.lone}>
      {record.value?.kind === 'record' && head(record.value)}
      {panel}
    </div>
  )
}
