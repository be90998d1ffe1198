import { z } from 'zod'

/** Of profiles in files, whether kept here or exported. */
export const profileFormat = 3

/** Entry n turns format n into n + 1. */
export const profileMigrations: Readonly<Record<number, (profile: unknown) => unknown>> = {
  1: fromFormat1,
  2: fromFormat2,
}

/** A profile as a file of this format holds it, in today's. */
export function toToday(profile: unknown, format: number): unknown {
  let today = profile
  for (let from = format; from < profileFormat; from += 1) today = profileMigrations[from]?.(today) ?? today
  return today
}

const Signless = z.looseObject({ sasl: z.looseObject({ mechanism: z.literal('none') }) })

/** Format 1 kept a user name, mostly an empty one, also where nobody signs in. */
function fromFormat1(profile: unknown): unknown {
  const old = Signless.safeParse(profile)
  return old.success ? { ...old.data, sasl: { mechanism: 'none' } } : profile
}

/** Format 2 knew no schema registry, so what stands under that word in such a file is not one that was chosen. */
function fromFormat2(profile: unknown): unknown {
  const old = z.looseObject({}).safeParse(profile)
  return old.success ? { ...old.data, registry: null } : profile
}
