import { SeeklineError } from '#shared/errors.ts'
import type { ApicurioIds } from './apicurio-ids.ts'
import type { RegistryApi } from './confluent-api.ts'

export interface SubjectsAsked {
  /** Those too that were deleted softly. */
  deleted?: boolean
  signal?: AbortSignal | undefined
}

export interface AllSubjects {
  names: string[]
  /** The registry holds more and tells of no way to them. */
  isCut: boolean
}

/** Below this nobody cuts a list. */
const SMALLEST_PAGE = 1_000
const MOST_SUBJECTS = 200_000

/**
 * Every subject. Registries cut the list without a word: Apicurio at 1,000, before it leaves out what was deleted, newer ones of
 * Confluent at 20,000. What knows `offset` is asked on from there; one that does not answers the same again. Apicurio's own
 * API counts what there is, and lists all of it.
 */
export async function allSubjects(
  api: Pick<RegistryApi, 'subjects'>,
  own: Pick<ApicurioIds, 'count' | 'list'> | null,
  { deleted = false, signal }: SubjectsAsked,
): Promise<AllSubjects> {
  const found = new Set(await api.subjects({ deleted, signal }))
  const whole = own === null ? null : await own.count(signal).catch(isOtherwise(signal))
  // What was deleted counts there as well, so fewer in the list is no sign yet.
  const mayLack = whole === null ? found.size >= SMALLEST_PAGE : whole > SMALLEST_PAGE
  if (!mayLack) return { names: [...found], isCut: false }
  let isPaged = true
  while (found.size < MOST_SUBJECTS) {
    const page = await api.subjects({ deleted, signal, offset: found.size })
    // One that was there already: the offset was ignored, or the list is in no order.
    isPaged = page.every((name) => !found.has(name))
    for (const name of page) found.add(name)
    if (!isPaged || page.length === 0) break
  }
  if (isPaged) return { names: [...found], isCut: found.size >= MOST_SUBJECTS }
  if (own === null || whole === null) return { names: [...found], isCut: found.size === SMALLEST_PAGE }
  const listed = await own.list(whole, signal)
  for (const { subject, isDeleted } of listed) if (deleted || !isDeleted) found.add(subject)
  return { names: [...found], isCut: found.size >= MOST_SUBJECTS }
}

/** Its own API may be closed to whoever may use Confluent's. */
const isOtherwise =
  (signal: AbortSignal | undefined) =>
  (error: unknown): null => {
    if (signal?.aborted === true || !(error instanceof SeeklineError)) throw error
    return null
  }
