import { z } from 'zod'
import {
  AccessMode,
  AddressMapping,
  environmentDefaults,
  raisesAccess,
  type Environment,
  type Profile,
} from './profile.ts'
import { Registry } from './registry.ts'

/**
 * What a profile from outside asks for beyond what a new profile for its brokers starts with. It is held back until the user
 * has seen it and agrees; `change` is what agreeing changes in the profile.
 */
export const Held = z.strictObject({
  what: z.enum(['access', 'read limit', 'verification', 'host names', 'server name', 'address map', 'registry']),
  why: z.string(),
  change: z.strictObject({
    accessMode: AccessMode.optional(),
    readLimit: z.number().nullable().optional(),
    verify: z.boolean().optional(),
    verifyHostName: z.boolean().optional(),
    serverName: z.string().optional(),
    addressMap: z.array(AddressMapping).optional(),
    registry: Registry.optional(),
  }),
})
export type Held = z.infer<typeof Held>

export function guessEnvironment(brokers: readonly string[]): Environment {
  const text = brokers.slice(0, 100).join(' ').toLowerCase()
  if (/(^|[^a-z])(pre-?prod|stag(e|ing)|stg|uat)([^a-z]|$)/.test(text)) return 'staging'
  if (/(^|[^a-z])(prod(uction)?|prd|live)([^a-z]|$)/.test(text)) return 'production'
  return /(^|[^a-z])(test|qa|int)([^a-z]|$)/.test(text) ? 'test' : 'dev'
}

export function areLocal(brokers: readonly string[]): boolean {
  return brokers.length > 0 && brokers.every((broker) => /^(localhost:|127\.|\[::1\])/.test(broker))
}

/**
 * The most a new profile may do at first: by the environment it claims and the one its brokers' names suggest, the stricter of
 * the two.
 */
export function usualStart(
  profile: Pick<Profile, 'brokers' | 'environment'>,
): Pick<Profile, 'accessMode' | 'readLimit'> {
  const claimed = environmentDefaults(profile.environment)
  const told = environmentDefaults(guessEnvironment(profile.brokers))
  return {
    accessMode: raisesAccess(told.accessMode, claimed.accessMode) ? told.accessMode : claimed.accessMode,
    readLimit: stricterLimit(claimed.readLimit, told.readLimit),
  }
}

/** What this new profile would start with beyond the usual; empty: nothing. */
export function beyondUsual(
  profile: Profile,
  usual: Pick<Profile, 'accessMode' | 'readLimit'> = usualStart(profile),
): Held[] {
  const { tls, addressMap, accessMode, readLimit, registry } = profile
  const held: Held[] = []
  if (raisesAccess(usual.accessMode, accessMode)) {
    held.push({ what: 'access', why: `It asks for ${accessMode} access; it starts ${usual.accessMode}.`, change: { accessMode } }) // oxfmt-ignore
  }
  if (stricterLimit(usual.readLimit, readLimit) !== readLimit) {
    const asked = readLimit === null ? 'no read limit' : `a read limit of ${readLimit} MB/s`
    held.push({
      what: 'read limit',
      why: `It asks for ${asked}; it starts with ${usual.readLimit} MB/s.`,
      change: { readLimit },
    })
  }
  if (tls.enabled && !tls.verify) {
    held.push({ what: 'verification', why: 'It asks not to verify certificates: anybody on the way could pose as the cluster.', change: { verify: false } }) // oxfmt-ignore
  }
  if (tls.enabled && !tls.verifyHostName) {
    held.push({ what: 'host names', why: 'It asks not to check host names: any server with a certificate of the same authority could pose as the cluster.', change: { verifyHostName: false } }) // oxfmt-ignore
  }
  if (tls.enabled && tls.serverName !== null) {
    held.push({ what: 'server name', why: `It asks to take a certificate for ${tls.serverName} in place of the brokers’ own names.`, change: { serverName: tls.serverName } }) // oxfmt-ignore
  }
  if (addressMap.length > 0) {
    const first = addressMap[0]! // its length was checked
    const more = addressMap.length > 1 ? `, and ${addressMap.length - 1} more` : ''
    held.push({ what: 'address map', why: `It asks to reach brokers elsewhere than they say: ${first.from} at ${first.to}${more}.`, change: { addressMap } }) // oxfmt-ignore
  }
  if (registry !== null) {
    const asks = registryAsks(registry)
    if (asks.length > 0) held.push({ what: 'registry', why: `For the schema registry it asks ${asks.join(', and ')}.`, change: { registry } }) // oxfmt-ignore
  }
  return held
}

function registryAsks({ tls, proxy }: Registry): string[] {
  const asks: string[] = []
  if (!tls.verify) asks.push('not to verify certificates: anybody on the way could pose as it')
  else if (!tls.verifyHostName) asks.push('not to check host names')
  if (proxy !== null) asks.push(`to go through the proxy ${proxy.url}, which sees what is not encrypted`)
  return asks
}

/** The profile as it starts here, and what it asked for beyond that. */
export function holdBack(profile: Profile): { profile: Profile; held: Held[] } {
  const usual = usualStart(profile)
  // Nobody has reviewed it yet: a profile for what may be someone's cluster starts read-only, whatever it is called.
  const accessMode = areLocal(profile.brokers) ? usual.accessMode : 'read-only'
  const held = beyondUsual(profile, { ...usual, accessMode })
  return {
    held,
    profile: {
      ...profile,
      accessMode: raisesAccess(accessMode, profile.accessMode) ? accessMode : profile.accessMode,
      readLimit: stricterLimit(usual.readLimit, profile.readLimit),
      tls: { ...profile.tls, verify: true, verifyHostName: true, serverName: null },
      addressMap: [],
      registry: cautious(profile.registry),
    },
  }
}

function cautious(registry: Registry | null): Registry | null {
  if (registry === null) return null
  return { ...registry, tls: { ...registry.tls, verify: true, verifyHostName: true }, proxy: null }
}

function stricterLimit(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b)
}
