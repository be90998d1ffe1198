/** The index of the last time that is not later; −1: all are later. */
export function lastAt(stops: readonly bigint[], at: bigint): number {
  let low = 0
  let high = stops.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (stops[middle]! <= at) low = middle + 1 // middle < stops.length
    else high = middle
  }
  return low - 1
}

/** The index after a key is pressed, among this many times; undefined: the key has no effect here. */
export function indexAfter(key: string, index: number, count: number): number | undefined {
  const to = { ArrowLeft: index - 1, ArrowDown: index - 1, ArrowRight: index + 1, ArrowUp: index + 1, PageUp: index + 10, PageDown: index - 10, Home: 0, End: count - 1 }[key] // oxfmt-ignore
  return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to))
}
