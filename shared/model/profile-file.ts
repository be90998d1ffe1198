import { z } from 'zod'
import { SeeklineError } from '../errors.ts'
import { parseShallow } from '../nesting.ts'
import { environmentDefaults, Profile, raisesAccess } from './profile.ts'
import { newProfileId } from './ids.ts'

const kind = 'seekline.profile-export'

const File = z.strictObject({ kind: z.literal(kind), version: z.literal(1), profile: Profile.omit({ id: true }) })

/** A profile to give to a colleague. It holds no secret, because a profile never does; key files are named, not copied. */
export function profileFile({ id: _, ...profile }: Profile): { name: string; text: string } {
  const safe = profile.name.replaceAll(/[^\w.-]+/g, '_').slice(0, 80)
  return {
    name: `${safe === '' ? 'profile' : safe}.seekline.json`,
    text: `${JSON.stringify({ kind, version: 1, profile }, null, 2)}\n`,
  }
}

export interface ReadProfile {
  profile: Profile
  /** What was changed or needs a look, as sentences. */
  notes: string[]
}

/** undefined: the text is no exported profile, but perhaps something else. Throws when it is a damaged one. */
export function readProfileFile(text: string): ReadProfile | undefined {
  if (!text.trimStart().startsWith('{') || !text.includes(kind)) return undefined
  let json: unknown
  try {
    json = parseShallow(text)
  } catch {
    throw damaged('it is not whole')
  }
  const version = z.looseObject({ version: z.number() }).safeParse(json)
  if (version.success && version.data.version > 1) {
    throw new SeeklineError('profile.invalid', 'This profile was exported by a newer Seekline.', {
      hint: 'Update Seekline, or make the profile by hand.',
    })
  }
  const parsed = File.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw damaged(`${issue?.path.slice(1).join('.') ?? ''}: ${issue?.message ?? 'malformed'}`)
  }
  const given = parsed.data.profile
  const usual = environmentDefaults(given.environment).accessMode
  const isRaised = raisesAccess(usual, given.accessMode)
  const notes = [
    ...(isRaised
      ? [
          `It allowed more (${given.accessMode}) than a ${given.environment} profile starts with; it starts ${usual} here.`,
        ]
      : []),
    ...Object.values(given.secretReferences).map(
      (name) => `It reads a secret from the environment variable ${String(name)}.`,
    ),
  ]
  const profile = Profile.parse({ ...given, accessMode: isRaised ? usual : given.accessMode, id: newProfileId() })
  return { profile, notes }
}

function damaged(why: string): SeeklineError {
  return new SeeklineError('profile.invalid', `The exported profile cannot be read: ${why}.`, {
    hint: 'Export it again where it came from.',
  })
}
