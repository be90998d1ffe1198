import { z } from 'zod'
import { SeeklineError } from '../errors.ts'
import { safeFileName } from './file-names.ts'
import { parseShallow } from '../parse-shallow.ts'
import { Profile } from './profile.ts'
import { profileFormat, toToday } from './profile-formats.ts'
import { nameProblem } from './profile-name.ts'
import { newProfileId } from './ids.ts'

const kind = 'seekline.profile-export'

const File = z.strictObject({
  kind: z.literal(kind),
  version: z.number(),
  profile: Profile.omit({ id: true }),
})
const Versioned = z.looseObject({ version: z.number().int().min(1), profile: z.unknown() })

/** A profile to give to a colleague. It holds no secret, because profiles never do; key files are named, not copied. */
export function profileFile({ id: _, ...profile }: Profile): { name: string; text: string } {
  const safe = safeFileName(profile.name.replaceAll(/[^\w.-]+/g, '_').slice(0, 80), 'profile')
  return {
    name: `${safe}.seekline.json`,
    text: `${JSON.stringify({ kind, version: profileFormat, profile }, null, 2)}\n`,
  }
}

export interface ReadProfile {
  profile: Profile
  /** What was changed or should be checked, as sentences. */
  notes: string[]
}

/**
 * undefined: the text is not an exported profile, but perhaps something else. Throws if it is a damaged one. Returns what the
 * file says; `holdBack` decides how much of that applies here.
 */
export function readProfileFile(text: string): ReadProfile | undefined {
  if (!text.trimStart().startsWith('{') || !text.includes(kind)) return undefined
  let json: unknown
  try {
    json = parseShallow(text)
  } catch {
    throw damaged('it is not whole')
  }
  const versioned = Versioned.safeParse(json)
  if (!versioned.success) throw damaged('it does not say which format it has')
  const { version, profile } = versioned.data
  if (version > profileFormat) {
    throw new SeeklineError('profile.invalid', 'This profile was exported by a newer Seekline.', {
      hint: 'Update Seekline, or make the profile by hand.',
    })
  }
  const parsed = File.safeParse({ ...versioned.data, profile: toToday(profile, version) })
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw damaged(`${issue?.path.slice(1).join('.') ?? ''}: ${issue?.message ?? 'malformed'}`)
  }
  const given = parsed.data.profile
  const problem = nameProblem(given.name)
  const name = problem === undefined ? given.name : (given.brokers[0] ?? '').slice(0, 100)
  const notes = problem === undefined ? [] : [`${problem} The first broker’s address stands in for it.`]
  return { profile: Profile.parse({ ...given, name, id: newProfileId() }), notes }
}

function damaged(why: string): SeeklineError {
  return new SeeklineError('profile.invalid', `The exported profile cannot be read: ${why}.`, {
    hint: 'Export it again where it came from.',
  })
}
