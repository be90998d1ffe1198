import { useCallback, useEffect, useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import { createOpenRecordStore } from '../../shared-views/record/record-store.ts'
import { useApi, useNavigation } from '../../workbench/services.ts'
import { recordAgain } from './decode-again.ts'
import type { PickedFields } from './field-columns.ts'
import type { OnCondition } from './field-menu.ts'
import { useMenuContext, useRecordCommands } from './record-context.ts'
import type { RecordMenuContext, RowPlace } from './record-menu.ts'
import { RecordPane } from './record-pane.tsx'
import { useAgain } from './use-decoding.ts'

export interface FoundRecordProps {
  connectionId: ConnectionId
  topic: string
  place: RowPlace
  compareWithPrevious: RecordMenuContext['compareWithPrevious']
  columns: PickedFields
  isActive: boolean
  onCondition: OnCondition
  onStep: (way: -1 | 1) => void
  onClose: () => void
}

/** A record of one of several topics, beside the list of matches. */
export function FoundRecord({ connectionId, topic, place, compareWithPrevious, ...rest }: FoundRecordProps) {
  const api = useApi()
  const navigation = useNavigation()
  const [store] = useState(() => createOpenRecordStore(api, connectionId, topic))
  const [again] = useState(() => recordAgain(store))
  useAgain(connectionId, again, rest.isActive)
  const { partition, offset } = place
  useEffect(() => void store.open({ partition, offset }), [store, partition, offset])
  useEffect(() => () => store.close(), [store])
  /** The decoders of a topic are chosen in its own list. */
  const decodeAs = useCallback(
    () => navigation.open({ kind: 'messages', connectionId, topic, partition, offset }),
    [navigation, connectionId, topic, partition, offset],
  )
  const context = useMenuContext({ connectionId, topic }, compareWithPrevious, decodeAs)
  useRecordCommands(context, place, rest.isActive)
  return <RecordPane topic={topic} store={store} context={context} {...rest} />
}
