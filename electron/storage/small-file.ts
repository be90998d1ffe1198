import { SeeklineError } from '#shared/errors.ts'
import { readOrdinaryFile, storageFailed } from './atomic-files.ts'

/** A profile or `client.properties` has a few kilobytes; the wire accepts no more either. */
const mostFileBytes = 262_144

/** The text of a file that the user chose; a sentence if it is too large or not text. */
export async function readSmallFile(path: string, mostBytes: number = mostFileBytes): Promise<string> {
  try {
    return (await readOrdinaryFile(path, mostBytes)).toString('utf8')
  } catch (error) {
    if (error instanceof SeeklineError) {
      throw new SeeklineError('profile.invalid', error.message, {
        hint: `It has to be text in an ordinary file: choose one of at most ${mostBytes} bytes.`,
      })
    }
    throw storageFailed(`${path} could not be read`, error)
  }
}
