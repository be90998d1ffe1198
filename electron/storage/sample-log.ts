import { LookLog, type LooksWanted } from './look-log.ts'
import { SampleState, type Sample, type SamplePoint } from './sample-blocks.ts'

/** Samples of one group. */
export interface SamplesWanted extends LooksWanted {
  readonly group: string
}

/** The stored samples of groups. */
export class SampleLog extends LookLog<Sample, SampleState> {
  constructor(folder: string, now: () => number = Date.now) {
    super(folder, { kind: 'seekline.samples', suffix: '.samples', begin: () => new SampleState() }, now)
  }

  /** Samples of one group, oldest first, from all files that may hold some. Returns the files that could not be read. */
  read(
    { group, ...wanted }: SamplesWanted,
    take: (at: bigint, points: readonly SamplePoint[]) => void,
    signal: AbortSignal,
  ): Promise<{ damaged: string[] }> {
    return this.pick(wanted, (state) => state.pointsOf(group), take, signal)
  }
}
