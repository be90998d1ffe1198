import { z } from 'zod'

/** The format number of profiles in files, stored or exported. */
export const profileFormat = 3

/** Entry n converts format n to n + 1. */
export const profileMigrations: Readonly<Record<number, (profile: unknown) => unknown>> = {
  1: fromFormat1,
  2: fromFormat2,
}

/** A profile in a file of this format, converted to the current one. */
export function toToday(profile: unknown, format: number): unknown {
  let today = profile
  for (let from = format; from < profileFormat; from += 1) today = profileMigrations[from]?.(today) ?? today
  return today
}

const Signless = z.looseObject({ sasl: z.looseObject({ mechanism: z.literal('none') }) })

/** Format 1 stored a user name, usually an empty one, even without a sign-in. */
function fromFormat1(profile: unknown): unknown {
  const old = Signless.safeParse(profile)
  return old.success ? { ...old.data, sasl: { mechanism: 'none' } } : profile
}

/** Format 2 had no schema registry, so whatever is under that name in such a file was not chosen. */
function fromFormat2(profile: unknown): unknown {
  const old = z.looseObject({}).safeParse(profile)
  return old.success ? { ...old.data, registry: null } : profile
}
