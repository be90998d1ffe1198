/** Lines [beforeStart, beforeEnd) of the old text were replaced by lines [afterStart, afterEnd) of the new one. */
export interface LineChange {
  readonly beforeStart: number
  readonly beforeEnd: number
  readonly afterStart: number
  readonly afterEnd: number
}

export interface LineDiff {
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly changes: readonly LineChange[]
}

/** If more lines than this differ between two anchors, everything between them counts as changed. */
const MOST_EDITS = 400
/** Steps between two checks of the clock. */
const STEPS = 2_000

/**
 * The differences between two texts of any length, line by line. Lines that occur once in both texts are anchors (as in
 * "patience diff"); between two anchors it looks for Myers' shortest edit, up to a limit. It is a generator so that the caller
 * decides how long it runs at a time; the last value is the result.
 */
export function* diffLines(beforeText: string, afterText: string): Generator<void, LineDiff> {
  const ids = new Map<string, number>()
  const before = yield* linesOf(beforeText)
  const after = yield* linesOf(afterText)
  const a = yield* numbered(before, ids)
  const b = yield* numbered(after, ids)
  const changes: LineChange[] = []
  let beforeFrom = 0
  let afterFrom = 0
  const anchors = yield* anchorsOf(a, b, ids.size)
  for (let i = 0; i <= anchors.length; i += 1) {
    const [beforeTo, afterTo] = anchors[i] ?? [a.length, b.length]
    yield* between(a, b, { beforeStart: beforeFrom, beforeEnd: beforeTo, afterStart: afterFrom, afterEnd: afterTo }, changes) // oxfmt-ignore
    beforeFrom = beforeTo + 1
    afterFrom = afterTo + 1
    if (i % STEPS === 0) yield
  }
  return { before, after, changes: joined(changes) }
}

function* linesOf(text: string): Generator<void, string[]> {
  const lines: string[] = []
  for (let at = 0; at <= text.length;) {
    const newline = text.indexOf('\n', at)
    const end = newline === -1 ? text.length : newline
    lines.push(text.slice(at, end))
    at = end + 1
    if (lines.length % STEPS === 0) yield
  }
  return lines
}

/** Equal lines get the same number. */
function* numbered(lines: readonly string[], ids: Map<string, number>): Generator<void, Uint32Array> {
  const numbers = new Uint32Array(lines.length)
  for (const [i, line] of lines.entries()) {
    let id = ids.get(line)
    if (id === undefined) ids.set(line, (id = ids.size))
    numbers[i] = id
    if (i % STEPS === 0) yield
  }
  return numbers
}

/** The positions of lines that occur exactly once in each text: the longest sequence that has the same order in both. */
function* anchorsOf(a: Uint32Array, b: Uint32Array, count: number): Generator<void, [number, number][]> {
  const times = [new Uint8Array(count), new Uint8Array(count)] as const
  const placeInB = new Uint32Array(count)
  for (const [side, numbers] of [a, b].entries()) {
    for (const [i, id] of numbers.entries()) {
      const of = times[side]! // an index within the array, by how the algorithm sizes it
      if (of[id]! < 2) of[id]! += 1 // an index within the array, by how the algorithm sizes it
      if (side === 1) placeInB[id] = i
      if (i % STEPS === 0) yield
    }
  }
  /** For each length: the line of `a` that ends the ascending run of that length with the lowest last place. */
  const ends: number[] = []
  const previous = new Int32Array(a.length).fill(-1)
  for (let i = 0; i < a.length; i += 1) {
    if (i % STEPS === 0) yield
    const id = a[i]! // an index within the array, by how the algorithm sizes it
    if (times[0][id] !== 1 || times[1][id] !== 1) continue
    const place = placeInB[id]! // an index within the array, by how the algorithm sizes it
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (placeInB[a[ends[middle]!]!]! < place) low = middle + 1 // middle < high, and each is the index of a line of both texts
      else high = middle
    }
    if (low > 0) previous[i] = ends[low - 1]! // an index within the array, by how the algorithm sizes it
    ends[low] = i
  }
  const anchors: [number, number][] = []
  for (let i = ends.at(-1) ?? -1; i !== -1; i = previous[i]!) {
    // `previous` has an entry per line
    anchors.push([i, placeInB[a[i]!]!]) // an index within the array, by how the algorithm sizes it
    if (anchors.length % STEPS === 0) yield
  }
  return anchors.reverse()
}

/** The differences in a stretch without anchors. */
function* between(a: Uint32Array, b: Uint32Array, given: LineChange, changes: LineChange[]): Generator<void, void> {
  let { beforeStart, beforeEnd, afterStart, afterEnd } = given
  let steps = 0
  while (beforeStart < beforeEnd && afterStart < afterEnd && a[beforeStart] === b[afterStart]) {
    beforeStart += 1
    afterStart += 1
    if ((steps += 1) % STEPS === 0) yield
  }
  while (beforeEnd > beforeStart && afterEnd > afterStart && a[beforeEnd - 1] === b[afterEnd - 1]) {
    beforeEnd -= 1
    afterEnd -= 1
    if ((steps += 1) % STEPS === 0) yield
  }
  if (beforeStart === beforeEnd && afterStart === afterEnd) return
  const whole = { beforeStart, beforeEnd, afterStart, afterEnd }
  if (beforeStart === beforeEnd || afterStart === afterEnd) changes.push(whole)
  else changes.push(...((yield* shortestEdit(a, b, whole)) ?? [whole]))
}

/** Myers' O(ND) algorithm; undefined where more lines than the limit differ. */
function* shortestEdit(a: Uint32Array, b: Uint32Array, of: LineChange): Generator<void, LineChange[] | undefined> {
  const n = of.beforeEnd - of.beforeStart
  const m = of.afterEnd - of.afterStart
  const most = Math.min(n + m, MOST_EDITS)
  /** For each number of edits: how far each diagonal reached. */
  const trace: Int32Array[] = []
  let reach = new Int32Array(2 * most + 3)
  const middle = most + 1
  for (let d = 0; d <= most; d += 1) {
    trace.push(reach.slice())
    for (let k = -d; k <= d; k += 2) {
      const isDown = k === -d || (k !== d && reach[middle + k - 1]! < reach[middle + k + 1]!) // an index within the array, by how the algorithm sizes it
      let x = isDown ? reach[middle + k + 1]! : reach[middle + k - 1]! + 1 // an index within the array, by how the algorithm sizes it
      let y = x - k
      while (x < n && y < m && a[of.beforeStart + x] === b[of.afterStart + y]) {
        x += 1
        y += 1
      }
      reach[middle + k] = x
      if (x >= n && y >= m) return backwards(trace, d, n, m, middle, of)
    }
    if (d % 16 === 0) yield
  }
  return undefined
}

function backwards(trace: readonly Int32Array[], edits: number, n: number, m: number, middle: number, of: LineChange) {
  const changes: LineChange[] = []
  let x = n
  let y = m
  for (let d = edits; d > 0; d -= 1) {
    const reach = trace[d]! // an index within the array, by how the algorithm sizes it
    const k = x - y
    const isDown = k === -d || (k !== d && reach[middle + k - 1]! < reach[middle + k + 1]!) // an index within the array, by how the algorithm sizes it
    const fromK = isDown ? k + 1 : k - 1
    const fromX = reach[middle + fromK]! // an index within the array, by how the algorithm sizes it
    const fromY = fromX - fromK
    changes.push({
      beforeStart: of.beforeStart + fromX,
      beforeEnd: of.beforeStart + fromX + (isDown ? 0 : 1),
      afterStart: of.afterStart + fromY,
      afterEnd: of.afterStart + fromY + (isDown ? 1 : 0),
    })
    x = fromX
    y = fromY
  }
  return changes.reverse()
}

/** Changes that touch are merged. */
function joined(changes: readonly LineChange[]): LineChange[] {
  const all: LineChange[] = []
  for (const change of changes) {
    const last = all.at(-1)
    if (last?.beforeEnd === change.beforeStart && last.afterEnd === change.afterStart) {
      all[all.length - 1] = { ...last, beforeEnd: change.beforeEnd, afterEnd: change.afterEnd }
    } else all.push(change)
  }
  return all
}
