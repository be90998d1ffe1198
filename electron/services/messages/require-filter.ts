import { SeeklineError } from '#shared/errors.ts'
import { compileFilter, isProblem } from '#shared/filters/compile.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'

/** Reports an invalid filter before anything is read, with the position of its mistake. */
export function requireFilter(filter: RecordFilter): void {
  const made = compileFilter(filter)
  if (!isProblem(made)) return
  const { message, at, length, path } = made
  throw new SeeklineError('call.invalid', message, { details: { at, length, path: path.join('.') } })
}
