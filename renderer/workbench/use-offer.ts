import { useEffect, useLayoutEffect, useRef } from 'react'
import type { Subject } from './command.ts'
import { useServices } from './services.ts'

/** Offers the subject of commands while mounted and, for a view in a tab, while its tab is in front. */
export function useOffer<T>(subject: Subject<T>, value: T | undefined, isActive: boolean = true): void {
  const { commands } = useServices()
  // An Effect Event would do, if lists of commands did not read it while rendering.
  const latest = useRef(value)
  useLayoutEffect(() => {
    latest.current = value
  })
  const isOffered = isActive && value !== undefined
  useEffect(
    () => (isOffered ? commands.offer(subject, () => latest.current) : undefined),
    [commands, subject, isOffered],
  )
}
