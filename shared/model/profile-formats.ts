import { z } from 'zod'

/** Of profiles in files, whether kept here or exported. */
export const profileFormat = 2

const Signless = z.looseObject({ sasl: z.looseObject({ mechanism: z.literal('none') }) })

/** Format 1 kept a user name, mostly an empty one, also where nobody signs in. */
export function fromFormat1(profile: unknown): unknown {
  const old = Signless.safeParse(profile)
  return old.success ? { ...old.data, sasl: { mechanism: 'none' } } : profile
}
