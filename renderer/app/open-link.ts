import type { ConnectionState, ProfileEntry } from '#shared/contract/connections.ts'
import { parseLink, type Link } from '#shared/links.ts'
import type { ConnectionId, ProfileId } from '#shared/model/ids.ts'
import { sameProfileName } from '#shared/model/profile-name.ts'
import type { Profile } from '#shared/model/profile.ts'

/** What a link opens on this computer. */
export type LinkTarget =
  | { kind: 'bad'; sentence: string }
  /** Its profile is connected: opening a view sends no credentials. */
  | { kind: 'open'; link: Link; connectionId: ConnectionId }
  /** Connecting sends credentials, and a link must not cause that without asking. */
  | { kind: 'connect'; link: Link; profile: Profile }
  /** Its name matches several profiles, or none: the user has to choose. */
  | { kind: 'choose'; link: Link; profiles: readonly Profile[]; sentence: string }

export function linkTarget(
  text: string,
  entries: readonly ProfileEntry[],
  open: Readonly<Record<string, ConnectionState>>,
): LinkTarget {
  const parsed = parseLink(text)
  if (!parsed.ok) return { kind: 'bad', sentence: parsed.sentence }
  const { link } = parsed
  const all = entries.map((entry) => entry.profile)
  const named = all.filter((profile) => sameProfileName(profile.name, link.profile))
  if (named.length === 1) return targetOn(named[0]!, link, open) // its length is 1, as checked
  if (named.length > 1) {
    return { kind: 'choose', link, profiles: named, sentence: `${named.length} profiles are called that.` }
  }
  if (all.length === 0) {
    return {
      kind: 'bad',
      sentence: `The link leads to the profile “${link.profile}”, and there is no profile here yet. Make it, then open the link again.`,
    }
  }
  return {
    kind: 'choose',
    link,
    profiles: all,
    sentence: 'No profile here is called that; yours may have another name.',
  }
}

/** The same after a profile was chosen. */
export function targetOn(
  profile: Profile,
  link: Link,
  open: Readonly<Record<string, ConnectionState>>,
): Extract<LinkTarget, { kind: 'open' | 'connect' }> {
  const state = open[profile.id]
  const isOpen = state !== undefined && state.status !== 'failed' && state.status !== 'closed'
  return isOpen ? { kind: 'open', link, connectionId: state.connectionId } : { kind: 'connect', link, profile }
}

/** A profile is open at most once, so its connection has the profile's id. */
export function messagesOf(link: Link, connectionId: ConnectionId | ProfileId) {
  const { topic, partition, offset } = link
  return {
    connectionId: connectionId as ConnectionId,
    topic,
    ...(partition === undefined ? {} : { partition }),
    ...(offset === undefined ? {} : { offset }),
  }
}
