import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { OpenRecordStore } from '../../shared-views/record/record-store.ts'
import type { DecodingChange } from '../../stores/decoding-news.ts'
import { useConnection, useServices } from '../../workbench/services.ts'
import type { MessagesStore } from './messages-store.ts'
import { createDecodeStore, type DecodeStore } from './decode-store.ts'
import { hasWaiting } from './decoded-now.ts'

interface Decoding {
  connectionId: ConnectionId
  topic: string
  store: MessagesStore
  openStore: OpenRecordStore
  isActive: boolean
}

/**
 * The choice of a topic's decoders, and rows and record read again as they come to be decoded otherwise: at once by the tab
 * in front, by the others when they are next looked at, since one choice concerns all of them.
 */
export function useDecoding({ connectionId, topic, store, openStore, isActive }: Decoding): DecodeStore {
  const { api, decodingNews } = useServices()
  const [decode] = useState(() => createDecodeStore(api, connectionId, topic))
  const isOld = useRef(false)
  const isOpen = useConnection(connectionId) !== undefined
  const readAnew = useEffectEvent(() => {
    if (!isOld.current || !isActive) return
    isOld.current = false
    void store.again()
    const { place } = openStore.getState()
    if (place !== undefined) void openStore.open(place)
  })
  const onChange = useEffectEvent(({ isChosenAnew, schemas }: DecodingChange) => {
    isOld.current ||= isChosenAnew || (schemas > 0 && hasWaiting(store.lines))
    readAnew()
  })
  useEffect(() => {
    if (!isOpen) return undefined
    return decodingNews.subscribe(connectionId, (change) => onChange(change))
  }, [decodingNews, connectionId, isOpen])
  useEffect(() => {
    if (isActive) readAnew()
  }, [isActive])
  return decode
}
