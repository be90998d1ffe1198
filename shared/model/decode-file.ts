import { z } from 'zod'
import { SeeklineError } from '../errors.ts'
import { parseShallow } from '../parse-shallow.ts'
import { DecodeRules, ruleKey, type DecodeRule } from './decode-choice.ts'
import { safeFileName } from './file-names.ts'

const kind = 'seekline.decoding'
export const decodeFileVersion = 1

const File = z.strictObject({ kind: z.literal(kind), version: z.number().int().min(1), rules: DecodeRules })

/** The size of all rules with their schemas, as they are stored and shared. */
const MOST_CHARACTERS = 3 << 20

/** The text of a file to share with a team: readable, and identical for identical rules, so that diffs are meaningful. */
export function decodeFile(profileName: string, rules: readonly DecodeRule[]): { name: string; text: string } {
  const sorted = rules.toSorted((a, b) => (ruleKey(a) < ruleKey(b) ? -1 : 1))
  const safe = safeFileName(profileName.replaceAll(/[^\w.-]+/g, '_').slice(0, 80), 'profile')
  return {
    name: `${safe}.decoding.json`,
    text: `${JSON.stringify({ kind, version: decodeFileVersion, rules: sorted }, null, 2)}\n`,
  }
}

/** Throws if the text is not such a file. */
export function readDecodeFile(text: string): DecodeRules {
  let json: unknown
  try {
    json = parseShallow(text)
  } catch (error) {
    throw unreadable(error instanceof SyntaxError ? error.message : 'it is not JSON')
  }
  const version = z.looseObject({ kind: z.literal(kind), version: z.number() }).safeParse(json)
  if (!version.success) throw unreadable('it is no file of decodings')
  if (version.data.version > decodeFileVersion) {
    throw new SeeklineError('call.invalid', 'This file of decodings was written by a newer Seekline.', {
      hint: 'Update Seekline.',
    })
  }
  const parsed = File.safeParse(json)
  if (parsed.success) return parsed.data.rules
  const issue = parsed.error.issues[0]
  throw unreadable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}`)
}

/** Both lists of rules, where the given ones replace others of the same topic and part. */
export function mergedRules(before: readonly DecodeRule[], given: readonly DecodeRule[]): DecodeRules {
  const byKey = new Map([...before, ...given].map((rule) => [ruleKey(rule), rule]))
  const merged = DecodeRules.safeParse([...byKey.values()])
  if (!merged.success) throw new SeeklineError('call.invalid', merged.error.issues[0]?.message ?? 'Too many rules.')
  if (JSON.stringify(merged.data).length > MOST_CHARACTERS) {
    throw new SeeklineError('call.invalid', 'The schemas of all choices together are too large.', {
      hint: 'Three million characters are kept for a profile; leave out what is chosen for no topic any more.',
    })
  }
  return merged.data
}

function unreadable(why: string): SeeklineError {
  return new SeeklineError('call.invalid', `The file of decodings cannot be read: ${why}.`, {
    hint: 'Export it again where it came from.',
  })
}
