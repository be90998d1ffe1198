import type { BrowserWindow } from 'electron'
import type { Bounds, WindowState } from '../storage/window-state.ts'

export const smallest = { width: 900, height: 560 }
const usual = { width: 1440, height: 900 }
/** How much of a window's top edge must be on a screen so that it can be dragged. */
const grip = { width: 120, height: 32 }

/**
 * Where a window is restored: at its old place if that is still on a screen, otherwise in the middle of the first one.
 * `screens` are work areas, the primary one first.
 */
export function placeWindow(wanted: Bounds | null, screens: readonly Bounds[], step = 0): Bounds | undefined {
  const primary = screens[0]
  if (primary === undefined) return wanted ?? undefined
  const home = wanted === null ? primary : (screens.find((screen) => catches(screen, wanted)) ?? primary)
  const size = wanted ?? usual
  const width = Math.min(Math.max(size.width, smallest.width), Math.max(home.width, smallest.width))
  const height = Math.min(Math.max(size.height, smallest.height), Math.max(home.height, smallest.height))
  if (wanted !== null && catches(home, wanted)) {
    // Moved a little if it would cover another window exactly.
    return { x: wanted.x + step, y: Math.max(wanted.y, home.y) + step, width, height }
  }
  return {
    x: home.x + Math.round((home.width - width) / 2) + step,
    y: home.y + Math.round((home.height - height) / 2) + step,
    width,
    height,
  }
}

/** Records a window's place when it is moved, resized or maximised. */
export function followPlace(window: BrowserWindow, keep: (change: Partial<WindowState>) => void): void {
  const note = (): void => {
    if (window.isDestroyed() || window.isMinimized()) return
    keep({
      bounds: window.getNormalBounds(),
      isMaximized: window.isMaximized(),
      isFullScreen: window.isFullScreen(),
    })
  }
  window.on('resize', note)
  window.on('move', note)
  window.on('maximize', note)
  window.on('unmaximize', note)
  window.on('enter-full-screen', note)
  window.on('leave-full-screen', note)
}

/** Moving a window causes a hundred events; one write after a pause is enough. */
export function createSaver(write: () => Promise<void>): { later(): void; flush(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let last: Promise<void> = Promise.resolve()
  const now = (): void => {
    timer = undefined
    // If the disk refuses, only convenience is lost.
    last = last.then(write).catch(() => undefined)
  }
  return {
    later: () => {
      timer ??= setTimeout(now, 400)
    },
    flush: () => {
      if (timer !== undefined) {
        clearTimeout(timer)
        now()
      }
      return last
    },
  }
}

function catches(screen: Bounds, window: Bounds): boolean {
  const across = Math.min(screen.x + screen.width, window.x + window.width) - Math.max(screen.x, window.x)
  const down = Math.min(screen.y + screen.height, window.y + grip.height) - Math.max(screen.y, window.y)
  return across >= grip.width && down >= grip.height / 2
}
