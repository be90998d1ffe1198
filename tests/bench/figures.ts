/** The result of a benchmark: the same work done by us and by a peer (or by the bare machine), in turns, in one run. */
export interface Figure {
  /** "our work ÷ the peer". */
  name: string
  /** Milliseconds, one for each round. */
  ours: number[]
  peer: number[]
}

const mark = 'bench-figures '

/** For `npm run bench`, which collects the figures of all; people get another form. */
export function tellFigures(figures: readonly Figure[]): void {
  if (process.env['SEEKLINE_BENCH'] !== undefined) console.log(`${mark}${JSON.stringify(figures)}`)
}

/** Reads them from the output of a benchmark. */
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
