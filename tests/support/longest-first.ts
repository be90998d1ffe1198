import path from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Files that take minutes, mostly for waiting: if they started last, they would still run when all others are done. Vitest knows
 * only the size of a file, and on a new machine nothing of earlier runs.
 */
const LONGEST = [
  'stepping',
  'compat',
  'serialisers',
  'kills',
  'kafka-seam',
  'stalled-reader',
  'replay',
  'internal-topics',
  'view-states',
]

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.indexOf(path.basename(moduleId, '.test.ts'))
      return at < 0 ? LONGEST.length : at
    }
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
  }
}
