import { SeeklineError } from '#shared/errors.ts'
import type { ApicurioIds } from './apicurio-ids.ts'
import type { RegistryApi } from './confluent-api.ts'

export interface SubjectsAsked {
  /** Include soft-deleted ones. */
  deleted?: boolean
  signal?: AbortSignal | undefined
}

export interface AllSubjects {
  names: string[]
  /** The registry holds more, and has no way to list them. */
  isCut: boolean
}

/** No registry limits its list to less than this. */
const SMALLEST_PAGE = 1_000
const MOST_SUBJECTS = 200_000

/**
 * Every subject. Registries limit the list without saying so: Apicurio to 1,000, before it removes deleted ones, newer ones of
 * Confluent to 20,000. If `offset` is supported, the next ones are requested with it; otherwise the same list is returned
 * again. Apicurio's own API tells how many there are, and lists all of them.
 */
export async function allSubjects(
  api: Pick<RegistryApi, 'subjects'>,
  own: Pick<ApicurioIds, 'count' | 'list'> | null,
  { deleted = false, signal }: SubjectsAsked,
): Promise<AllSubjects> {
  const found = new Set(await api.subjects({ deleted, signal }))
  const whole = own === null ? null : await own.count(signal).catch(isOtherwise(signal))
  // Deleted ones count there as well, so a shorter list does not yet mean that some are missing.
  const mayLack = whole === null ? found.size >= SMALLEST_PAGE : whole > SMALLEST_PAGE
  if (!mayLack) return { names: [...found], isCut: false }
  let isPaged = true
  while (found.size < MOST_SUBJECTS) {
    const page = await api.subjects({ deleted, signal, offset: found.size })
    // One that was in the list already: the offset was ignored, or the list is not sorted.
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

/** Credentials for Confluent's API may not be allowed to use Apicurio's own. */
const isOtherwise =
  (signal: AbortSignal | undefined) =>
  (error: unknown): null => {
    if (signal?.aborted === true || !(error instanceof SeeklineError)) throw error
    return null
  }
