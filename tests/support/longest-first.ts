import path from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Files that take minutes, mostly of waiting: begun last, they run on alone when all others are done. Vitest knows only how large
 * a file is, and of earlier runs nothing on a new machine.
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
