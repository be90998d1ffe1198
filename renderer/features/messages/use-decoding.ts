import { useEffect, useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { OpenRecordStore } from '../../shared-views/record/record-store.ts'
import { useConnection, useServices } from '../../workbench/services.ts'
import type { MessagesStore } from './messages-store.ts'
import { recordAgain, rowsAgain, type DecodeAgain } from './decode-again.ts'
import { createDecodeStore, type DecodeStore } from './decode-store.ts'

interface Decoding {
  connectionId: ConnectionId
  topic: string
  store: MessagesStore
  openStore: OpenRecordStore
  isActive: boolean
}

/**
 * The choice of a topic's decoders. Reads rows and the open record again when they can be decoded differently: at once in the
 * active tab, in the others when they are next shown, because one choice concerns all of them.
 */
export function useDecoding({ connectionId, topic, store, openStore, isActive }: Decoding): DecodeStore {
  const { api } = useServices()
  const [decode] = useState(() => createDecodeStore(api, connectionId, topic))
  const [rows] = useState(() => rowsAgain(store))
  const [record] = useState(() => recordAgain(openStore))
  useAgain(connectionId, rows, isActive)
  useAgain(connectionId, record, isActive)
  return decode
}

/** Reports decoding changes as long as the connection is open. */
export function useAgain(connectionId: ConnectionId, again: DecodeAgain, isActive: boolean): void {
  const { decodingNews } = useServices()
  const isOpen = useConnection(connectionId) !== undefined
  useEffect(() => again.mount(), [again])
  useEffect(() => {
    if (!isOpen) return undefined
    const leave = decodingNews.subscribe(connectionId, again.onChange)
    // Earlier changes may have been missed.
    again.onChange({ isChosenAnew: false, schemas: 0 })
    return leave
  }, [decodingNews, connectionId, isOpen, again])
  useEffect(() => again.setActive(isActive), [again, isActive])
}
