import type { ShellEvent } from '#shared/contract/shell.ts'

/** Events for one window. They wait until its page listens: a link may arrive before the page is loaded. */
export interface Mailbox {
  post(event: ShellEvent): void
  /** Sets the page's listener; it replaces that of a page that is gone. */
  listen(listener: (event: ShellEvent) => void): () => void
  readonly hasListener: boolean
}

/** A page that never listens must not fill memory. */
const mostWaiting = 100

export function createMailbox(): Mailbox {
  let waiting: ShellEvent[] = []
  let current: ((event: ShellEvent) => void) | undefined
  return {
    get hasListener() {
      return current !== undefined
    },
    post: (event) => {
      if (current !== undefined) current(event)
      else waiting = [...waiting, event].slice(-mostWaiting)
    },
    listen: (listener) => {
      current = listener
      const late = waiting
      waiting = []
      for (const event of late) listener(event)
      return () => {
        if (current === listener) current = undefined
      }
    },
  }
}
