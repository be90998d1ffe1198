import type { Duplex } from 'node:stream'

/**
 * Places for sockets of which nobody knows yet whose they are. When all are taken the one that came first goes: a page is
 * through within milliseconds of its coming, so whoever fills the places with sockets that wait only turns out his own.
 */
export interface Places {
  enter(socket: Duplex): void
  leave(socket: Duplex): void
}

export function createPlaces(most: number): Places {
  // A Set keeps the order in which they came.
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
