import type { Bounds } from '../storage/window-states.ts'

export const smallest = { width: 900, height: 560 }
const usual = { width: 1440, height: 900 }
/** What of a window's top edge must lie on a screen for a hand to catch it. */
const grip = { width: 120, height: 32 }

/**
 * Where a window comes back: where it was, if a screen is still there, else in the middle of the first. `screens` are work
 * areas, the primary one first.
 */
export function placeWindow(wanted: Bounds | null, screens: readonly Bounds[], step = 0): Bounds | undefined {
  const primary = screens[0]
  if (primary === undefined) return wanted ?? undefined
  const home = wanted === null ? primary : (screens.find((screen) => catches(screen, wanted)) ?? primary)
  const size = wanted ?? usual
  const width = Math.min(Math.max(size.width, smallest.width), Math.max(home.width, smallest.width))
  const height = Math.min(Math.max(size.height, smallest.height), Math.max(home.height, smallest.height))
  if (wanted !== null && catches(home, wanted)) {
    // A step aside for a window opened over another, so that both are seen.
    return { x: wanted.x + step, y: Math.max(wanted.y, home.y) + step, width, height }
  }
  return {
    x: home.x + Math.round((home.width - width) / 2) + step,
    y: home.y + Math.round((home.height - height) / 2) + step,
    width,
    height,
  }
}

function catches(screen: Bounds, window: Bounds): boolean {
  const across = Math.min(screen.x + screen.width, window.x + window.width) - Math.max(screen.x, window.x)
  const down = Math.min(screen.y + screen.height, window.y + grip.height) - Math.max(screen.y, window.y)
  return across >= grip.width && down >= grip.height / 2
}
