import { useCallback, useEffect, useRef, useState } from 'react'
import { MOST_TOPICS_LOOKED_AT } from '#shared/contract/throughput.ts'

/** A topic that is only scrolled past does not count as seen. */
const SETTLED_MS = 400

/** The topics that the user has seen, those in view first; no more than are read together. */
export function useSeenTopics(): { seen: readonly string[]; see: (names: readonly string[]) => void } {
  const [seen, setSeen] = useState<readonly string[]>([])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const see = useCallback((names: readonly string[]) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      setSeen((before) => {
        const known = new Set(before)
        // The same topics in another order are no reason to start again.
        if (names.every((name) => known.has(name))) return before
        return [...new Set([...names, ...before])].slice(0, MOST_TOPICS_LOOKED_AT)
      })
    }, SETTLED_MS)
  }, [])
  return { seen, see }
}
