import { useEffect, useMemo, useState } from 'react'
import { sortedInSlices } from './sort-in-slices.ts'

/** This many rows are sorted within a few milliseconds; more are sorted in slices. */
const AT_ONCE = 2_000

/**
 * The rows sorted by what `value` returns for each; without it in their original order. For many rows, the previous result is
 * shown until the new one is ready: otherwise a list that is refreshed every few seconds would jump each time.
 */
export function useSorted<Row, Value>(
  rows: readonly Row[],
  value: ((row: Row) => Value) | undefined,
  compare: (a: Value, b: Value) => number,
  isDescending: boolean,
): readonly Row[] {
  const order = useMemo(() => {
    if (value === undefined) return undefined
    return (a: Row, b: Row) => (isDescending ? compare(value(b), value(a)) : compare(value(a), value(b)))
  }, [value, compare, isDescending])
  const isMany = order !== undefined && rows.length > AT_ONCE
  const few = useMemo(() => (isMany || order === undefined ? rows : rows.toSorted(order)), [rows, order, isMany])
  const [many, setMany] = useState<readonly Row[]>()
  useEffect(() => {
    if (!isMany) return undefined
    const stop = new AbortController()
    void sortedInSlices(rows, order, stop.signal).then((sorted) => {
      if (!stop.signal.aborted) setMany(sorted)
    })
    return () => stop.abort()
  }, [rows, order, isMany])
  if (!isMany && many !== undefined) setMany(undefined)
  return isMany ? (many ?? few) : few
}
