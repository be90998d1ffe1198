import { useCallback, useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { ComparedRow } from '#shared/offsets/compare-positions.ts'
import { createNextStore, type NextRecords, type NextStore } from '../../shared-views/position-diff/next-store.ts'
import { useApi } from '../../workbench/services.ts'
import type { Zone } from '../../ui/format.ts'
import { asDiff } from './compare-table.tsx'
import type { ReadSide } from './read-side.ts'

export interface NextOf {
  shown: { left: NextRecords | undefined; right: NextRecords | undefined; zone: Zone }
  want: (rows: readonly ComparedRow[]) => void
}

/** The record that would be read next on each side, for the visible rows: timestamps can be compared where offsets cannot. */
export function useNextOf(left: ReadSide | undefined, right: ReadSide | undefined, zone: Zone): NextOf {
  const ofLeft = useNext(left?.live)
  const ofRight = useNext(right?.live)
  const want = useCallback(
    (rows: readonly ComparedRow[]) => {
      ofLeft.store?.want(rows.flatMap((row) => (row.left === null ? [] : [asDiff(row.left)])))
      ofRight.store?.want(rows.flatMap((row) => (row.right === null ? [] : [asDiff(row.right)])))
    },
    [ofLeft.store, ofRight.store],
  )
  const shown = useMemo(() => ({ left: ofLeft.found, right: ofRight.found, zone }), [ofLeft.found, ofRight.found, zone])
  return { shown, want }
}

function useNext(connectionId: ConnectionId | undefined): {
  store: NextStore | undefined
  found: NextRecords | undefined
} {
  const api = useApi()
  const made = useMemo(() => createNextStore(api, connectionId ?? nobody), [api, connectionId])
  useEffect(() => made.stop, [made])
  const found = useStore(made, (state) => state.found)
  return connectionId === undefined ? { store: undefined, found: undefined } : { store: made, found }
}

/** Never used for a request: a hook needs a store even where there is no connection. */
const nobody = '' as ConnectionId
