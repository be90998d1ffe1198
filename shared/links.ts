import { z } from 'zod'
import { maxInt32, maxInt64 } from './model/ids.ts'

/** Longer than any address with a profile and a topic, even if fully percent-encoded. */
export const longestLink = 2_048

export const linkScheme = 'seekline'

const digits = /^(0|[1-9]\d*)$/

/**
 * What a link may contain: which view to open, and nothing else. Links come from chats or web pages, so each part is checked
 * against the syntax of what it names; a profile is given by name, because ids differ from computer to computer.
 */
export const Link = z.strictObject({
  profile: z
    .string()
    .max(100)
    .trim()
    .min(1, 'It names no profile.')
    .regex(
      /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]+$/u,
      'The name of its profile holds characters that act unseen.',
    ),
  /** Kafka's own rule for topic names; anything else is refused. */
  topic: z.string().regex(/^[A-Za-z0-9._-]{1,249}$/, 'It names no topic that Kafka could have.'),
  partition: z
    .string()
    .regex(digits, 'Its partition is no number.')
    .transform(Number)
    .pipe(z.int().max(maxInt32, 'Its partition is too large a number.'))
    .optional(),
  offset: z
    .string()
    .regex(digits, 'Its offset is no number.')
    .max(19, 'Its offset is too large a number.')
    .transform((text) => BigInt(text))
    .pipe(z.bigint().max(maxInt64, 'Its offset is too large a number.'))
    .optional(),
})
export type Link = z.infer<typeof Link>

export type ParsedLink = { ok: true; link: Link } | { ok: false; sentence: string }

/** Reads `seekline://<profile>/<topic>[/<partition>[/<offset>]]`, each part percent-encoded. */
export function parseLink(text: string): ParsedLink {
  const wrong = (why: string): ParsedLink => ({ ok: false, sentence: `This link cannot be opened: ${why}` })
  if (text.length > longestLink) return wrong('it is longer than any link of Seekline.')
  const match = /^seekline:\/\/([^?#]*)([?#].*)?$/is.exec(text.trim())
  if (match === null) return wrong(`it does not start with ${linkScheme}://.`)
  if (match[2] !== undefined) return wrong('nothing may follow its offset.')
  // Some systems add the slash that an address without a path has.
  const parts = match[1]!.replace(/\/$/, '').split('/') // the pattern always captures this group
  if (parts.length < 2 || parts.length > 4) return wrong(`it must read ${linkScheme}://profile/topic/partition/offset.`)
  const decoded = parts.map(decode)
  if (decoded.includes(undefined)) return wrong('its percent-encoding is broken.')
  const [profile, topic, partition, offset] = decoded
  const parsed = Link.safeParse({ profile, topic, partition, offset })
  if (parsed.success) return { ok: true, link: parsed.data }
  const said = parsed.error.issues[0]?.message ?? 'it is malformed.'
  return wrong(`${said.charAt(0).toLowerCase()}${said.slice(1)}`)
}

/** The link to this place, in a form that neither a shell nor a chat breaks. */
export function linkText(profile: string, at: { topic: string; partition: number; offset: bigint }): string {
  const parts = [profile, at.topic, String(at.partition), String(at.offset)]
  return `${linkScheme}://${parts.map(encodePart).join('/')}`
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

// encodeURIComponent leaves these characters unencoded, but a shell or a chat may interpret them.
function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
