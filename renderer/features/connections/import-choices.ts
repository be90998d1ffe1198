import { toErrorValue } from '#shared/errors.ts'

/** One of the clusters whose settings a pasted text contains. */
export interface ImportChoice {
  readonly id: string
  readonly name: string
  readonly brokers: readonly string[]
  readonly security: string
}

/** The clusters to choose from, if an import failed because a choice is needed; empty: it failed for another reason. */
export function importChoices(error: unknown): ImportChoice[] {
  const { code, details } = toErrorValue(error)
  const clusters = code === 'profile.several' ? details?.['clusters'] : undefined
  if (!Array.isArray(clusters)) return []
  return clusters.flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return []
    const { id, name, brokers, security } = one as Record<string, unknown>
    if (typeof id !== 'string' || typeof name !== 'string' || !Array.isArray(brokers)) return []
    const hosts = brokers.filter((broker): broker is string => typeof broker === 'string')
    return [{ id, name, brokers: hosts, security: typeof security === 'string' ? security : '' }]
  })
}
