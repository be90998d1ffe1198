import type { Duplex } from 'node:stream'

/**
 * Places for sockets that have not authenticated yet. When all are taken, the oldest is closed: a page authenticates within
 * milliseconds, so a client that fills the places with idle sockets only pushes out its own.
 */
export interface Places {
  enter(socket: Duplex): void
  leave(socket: Duplex): void
}

export function createPlaces(most: number): Places {
  // A Set keeps the order of insertion.
  const taken = new Set<Duplex>()
  const leave = (socket: Duplex): void => void taken.delete(socket)
  return {
    leave,
    enter: (socket) => {
      taken.add(socket)
      socket.once('close', () => leave(socket))
      if (taken.size <= most) return
      for (const oldest of taken) {
        leave(oldest)
        oldest.destroy()
        return
      }
    },
  }
}
