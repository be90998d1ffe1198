import { useEffect, useState } from 'react'
import { rowMatches } from './cell-text.ts'
import type { RowLines } from './row-lines.ts'

/** Lines looked at before the page may breathe: some milliseconds of work. */
const SLICE = 1_500

export interface LoadedFilter {
  /** Lines that match, in order; undefined without a filter text. */
  lines: readonly number[] | undefined
  isBusy: boolean
}

/** Looks through the loaded rows' previews, a slice at a time, so that typing never waits for fifty thousand rows. */
export function useLoadedFilter(rows: RowLines, version: number, text: string): LoadedFilter {
  const needle = text.trim().toLowerCase()
  const [found, setFound] = useState<LoadedFilter>({ lines: undefined, isBusy: false })
  useEffect(() => {
    let timer: number | undefined
    let at = 0
    const lines: number[] = []
    const step = () => {
      const end = Math.min(rows.count, at + SLICE)
      for (; at < end; at += 1) {
        const line = rows.at(at)
        if (line?.kind === 'row' && rowMatches(line.row, needle)) lines.push(at)
      }
      const isBusy = at < rows.count
      if (isBusy) timer = window.setTimeout(step, 0)
      setFound({ lines: [...lines], isBusy })
    }
    timer = window.setTimeout(needle === '' ? () => setFound({ lines: undefined, isBusy: false }) : step, 60)
    return () => window.clearTimeout(timer)
  }, [rows, version, needle])
  return needle === '' ? { lines: undefined, isBusy: false } : found
}
