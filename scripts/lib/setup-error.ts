/** Something that the machine lacks, in one sentence that says what to do; shown without a stack. */
export class SetupError extends Error {
  override name = 'SetupError'
}

/** The error handler of every script: a sentence for what the user can fix, the stack for everything else. */
export function exitWith(error: unknown): never {
  if (error instanceof SetupError) process.stderr.write(`${error.message}\n`)
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
}
