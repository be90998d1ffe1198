import { useEffect, useEffectEvent, useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { OpenRecordStore } from '../../shared-views/record/record-store.ts'
import { useServices } from '../../workbench/services.ts'
import type { MessagesStore } from './messages-store.ts'
import { createDecodeStore, type DecodeStore } from './decode-store.ts'
import { hasWaiting } from './decoded-now.ts'

/** The choice of a topic's decoders, and rows and record read again as they come to be decoded otherwise. */
export function useDecoding(
  connectionId: ConnectionId,
  topic: string,
  store: MessagesStore,
  openStore: OpenRecordStore,
): DecodeStore {
  const { api } = useServices()
  const [decode] = useState(() => createDecodeStore(api, connectionId, topic))
  const onNews = useEffectEvent((isChosenAnew: boolean, schemas: number) => {
    if (!isChosenAnew && (schemas === 0 || !hasWaiting(store.lines))) return
    void store.again()
    const { place } = openStore.getState()
    if (place !== undefined) void openStore.open(place)
  })
  useEffect(() => {
    const mine = new AbortController()
    api
      .openStream(
        'decoding.watch',
        { connectionId },
        {
          signal: mine.signal,
          onBatch: ({ isChosenAnew, schemas }) => onNews(isChosenAnew, schemas),
        },
      ) // prettier-ignore
      // The connection ends, and with it what is told of it.
      .catch(() => undefined)
    return () => mine.abort()
  }, [api, connectionId])
  return decode
}
