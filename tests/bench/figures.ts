/** What a benchmark found: the same work done by us and by a peer (or by nothing but the machine), in turns, in one run. */
export interface Figure {
  /** "what we do ÷ whom we are compared with". */
  name: string
  /** Milliseconds, one a round. */
  ours: number[]
  peer: number[]
}

const mark = 'bench-figures '

/** For `npm run bench`, which gathers the figures of all; for a person they are told otherwise. */
export function tellFigures(figures: readonly Figure[]): void {
  if (process.env['SEEKLINE_BENCH'] !== undefined) console.log(`${mark}${JSON.stringify(figures)}`)
}

/** From what a benchmark printed. */
export function figuresIn(output: string): Figure[] {
  return output
    .split('\n')
    .flatMap((line) => (line.startsWith(mark) ? (JSON.parse(line.slice(mark.length)) as Figure[]) : []))
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** How many times as fast as the peer we are. */
export const ratioOf = ({ ours, peer }: Figure): number => median(peer) / median(ours)
