/** The greatest number of positions in a frame, and roughly of characters. */
const FRAME_POSITIONS = 400
const FRAME_CHARS = 100_000

interface WithPositions<P> {
  group: string
  positions: P[]
}

/** Groups with positions, in frames that a stream can carry; a group that does not fit into one continues in the next. */
export function* positionFrames<P, G extends WithPositions<P>>(
  found: readonly G[],
  charsOf: (position: P) => number,
): Generator<G[]> {
  let frame: G[] = []
  let count = 0
  let chars = 0
  for (const one of found) {
    let rest = one.positions
    do {
      let taken = 0
      for (; taken < rest.length && count + taken < FRAME_POSITIONS && chars < FRAME_CHARS; taken += 1) {
        chars += 100 + charsOf(rest[taken]!) // taken < rest.length
      }
      frame.push({ ...one, positions: rest.slice(0, taken) })
      count += taken + 1
      chars += one.group.length + 100
      rest = rest.slice(taken)
      if (rest.length > 0 || count >= FRAME_POSITIONS || chars >= FRAME_CHARS) {
        yield frame
        frame = []
        count = chars = 0
      }
    } while (rest.length > 0)
  }
  if (frame.length > 0) yield frame
}
