import { useEffect, useEffectEvent } from 'react'

/**
 * Reads repeatedly, each time `ms` after the previous reading ended, while the tab is active and the window is visible: a group
 * that nobody looks at costs the cluster nothing.
 */
export function usePolling(read: (signal: AbortSignal) => Promise<void>, ms: number, isActive: boolean): void {
  const run = useEffectEvent(read)
  useEffect(() => {
    if (!isActive) return undefined
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let isReading = false
    const tick = async (): Promise<void> => {
      clearTimeout(timer)
      if (isReading || document.hidden || abort.signal.aborted) return
      isReading = true
      try {
        await run(abort.signal)
      } finally {
        isReading = false
        if (!abort.signal.aborted) timer = setTimeout(() => void tick(), ms)
      }
    }
    const onVisible = () => void tick()
    document.addEventListener('visibilitychange', onVisible)
    void tick()
    return () => {
      abort.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onVisible)
    }
  }, [isActive, ms])
}
