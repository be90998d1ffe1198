import { useEffect, useEffectEvent } from 'react'

/**
 * Reads now and then again, each `ms` after the last reading ended, while the tab is in front and the window can be
 * seen: a group nobody looks at costs the cluster nothing.
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
