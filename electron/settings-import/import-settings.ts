import { SeeklineError } from '#shared/errors.ts'
import { formatAddress, parseAddress } from '#shared/model/addresses.ts'
import { guessEnvironment, areLocal, holdBack, type Held } from '#shared/model/profile-caution.ts'
import { newProfileId } from '#shared/model/ids.ts'
import { readProfileFile } from '#shared/model/profile-file.ts'
import { newProfile, type Profile } from '#shared/model/profile.ts'
import type { SaslFieldName } from '#shared/model/sasl/mechanisms.ts'
import type { Secrets } from '#shared/model/secrets.ts'
import { sectionsOf, type Section, type Unused } from './sections.ts'
import { Draft, variableNote } from './draft.ts'
import { readText } from './detect-format.ts'
import { absentInText, absentSentence } from './placeholders.ts'
import { readRegistry } from './registry.ts'
import { readProtocol, readSignIn } from './sign-in.ts'
import { readTls } from './tls.ts'

export interface Imported {
  profile: Profile
  secrets: Secrets
  /** For the schema registry, which is another endpoint than the brokers. */
  registrySecrets: Secrets
  /** Fields of a sign-in whose mechanism the text does not name: the form starts with them. */
  signIn: Partial<Record<SaslFieldName, string>>
  /** Keys that were used in the draft. */
  understood: string[]
  /** Keys that were not, and what was assumed, each with a sentence. Never a value, which may be a secret. */
  ignored: Unused[]
  /** What the text asks for beyond what a new profile for these brokers starts with. */
  held: Held[]
}

/** Nobody would choose from more. */
const mostChoices = 100
const mostIgnored = 200

/**
 * Reads settings in any of the common formats into a draft of a profile. Throws `profile.invalid` if there are none, and
 * `profile.several` if they belong to several clusters and `cluster` names none of them.
 */
export function importSettings(text: string, cluster?: string): Imported {
  const exported = readProfileFile(text)
  if (exported !== undefined) return fromFile(exported)
  const { choices, others, unknown } = sectionsOf(readText(text))
  if (choices.length === 0) throw nothingFound()
  const drafts = choices.slice(0, mostChoices).map((section) => ({ section, ...draftOf(section) }))
  const chosen = choose(drafts, cluster)
  const left = [...choices.filter((section) => section !== chosen.section), ...others].filter(
    (section) => section.label !== chosen.section.label || section.id !== chosen.section.id,
  )
  const elsewhere = unknown.filter(
    ({ path }) =>
      path !== undefined &&
      !isWithin(path, chosen.section.id) &&
      !left.some(({ id }) => id !== '' && isWithin(path, id)),
  ).length
  const ignored = [
    ...chosen.imported.ignored,
    ...left.map((section) => ({ key: section.label === '' ? 'the rest' : section.label, why: `${countOf(section)} apart from the cluster’s settings. Nothing was taken from there.` })), // oxfmt-ignore
    ...unknown.filter(({ path }) => path === undefined || isWithin(path, chosen.section.id)),
    ...(elsewhere > 0 ? [{ key: '…', why: `${elsewhere} more are about something else.` }] : []),
  ]
  return { ...chosen.imported, ignored: cut(ignored) }
}

function isWithin(path: string, section: string): boolean {
  return section === '' || path.startsWith(`${section}.`)
}

interface Drafted {
  section: Section
  imported: Imported
  named: string[]
}

function choose(drafts: Drafted[], cluster: string | undefined): Drafted {
  if (cluster !== undefined) {
    const named =
      drafts.find(({ section }) => section.id === cluster) ?? drafts.find(({ section }) => section.label === cluster)
    if (named !== undefined) return named
    throw severalFound(drafts, 'The text holds no cluster of that name.')
  }
  const same = new Set(
    drafts.map(({ imported }) => JSON.stringify([imported.secrets, { ...imported.profile, id: '' }])),
  )
  if (drafts.length === 1 || same.size === 1) return drafts[0]! // callers pass at least one draft
  throw severalFound(drafts, `The text holds the settings of ${drafts.length} clusters.`)
}

function severalFound(drafts: Drafted[], message: string): SeeklineError {
  const names = drafts.slice(0, 8).map(({ section }) => `"${section.label === '' ? section.id : section.label}"`)
  return new SeeklineError('profile.several', message, {
    hint: `Choose one, as "cluster": ${names.join(', ')}${drafts.length > names.length ? ', …' : ''}.`,
    details: {
      clusters: drafts.map(({ section, imported, named }) => ({
        id: section.id,
        name: section.label === '' ? 'without a heading' : section.label,
        brokers: named.slice(0, 3),
        // Which user, never which password: the difference between two sections of one cluster.
        security: [imported.profile.tls.enabled ? 'TLS' : 'no TLS', ...(imported.profile.sasl.mechanism === 'none' ? [] : [imported.profile.sasl.mechanism])].join(' · '), // oxfmt-ignore
      })),
    },
  })
}

function draftOf(section: Section): { imported: Imported; named: string[] } {
  const draft = new Draft(section)
  const named = readBrokers(draft)
  const brokers = named.length > 0 ? named : ['localhost:9092']
  const on = readProtocol(draft)
  const { sasl, fields } = readSignIn(draft, on.sasl)
  const checks = readChecks(draft, on.tls)
  const tls = { ...readTls(draft, on.tls), ...checks }
  const registry = readRegistry(draft, sasl)
  const name = usableName(section) ?? (brokers[0] ?? '').slice(0, 100)
  if (draft.has('name') && name === section.label) draft.use('name')
  draft.explainRest()
  // A section called `prod` says it as well as a host's name does.
  const environment = guessEnvironment([...brokers, section.label])
  const isLocal = named.length > 0 && areLocal(named)
  const asked = newProfile(newProfileId(), { brokers, name, environment, tls, sasl, registry, ...(isLocal ? {} : { accessMode: 'read-only' as const }) }) // oxfmt-ignore
  const { profile, held } = holdBack(asked)
  const { secrets, registrySecrets, understood, ignored } = draft
  return { named, imported: { profile, signIn: fields, held, secrets, registrySecrets, understood, ignored } }
}

function readBrokers(draft: Draft): string[] {
  const given = draft.value('brokers')
  const isConflict = draft.has('brokers') && given === undefined
  draft.isAmbiguous = isConflict
  const setting = draft.setting('brokers')
  const brokers = new Set<string>()
  const key = draft.keyOf('brokers')
  let placeholders = 0
  const portless: string[] = []
  if (given !== undefined && setting?.absent !== undefined)
    draft.refuse('brokers', absentSentence({ shown: setting.absent }, false)) // oxfmt-ignore
  else {
    for (const part of (given ?? '')
      .slice(0, 40_000)
      .split(/[,;\s]+/)
      .slice(0, 1_000)) {
      if (part === '') continue
      const absent = absentInText(part) ?? absentInText(part.replace(/:[^:]*$/, '')) ?? (part.startsWith('${') ? { shown: '${…}' } : undefined) // oxfmt-ignore
      const address = absent === undefined ? parseAddress(part, 9092) : undefined
      if (absent !== undefined) {
        if (placeholders++ === 0) draft.note(key, absentSentence(absent, false))
      } else if (typeof address === 'string') draft.note(key, address.slice(0, 400))
      else if (address !== undefined && brokers.size < 100) {
        if (typeof parseAddress(part) === 'string') portless.push(address.host)
        brokers.add(formatAddress(address))
      }
    }
  }
  if (portless.length > 0) draft.note(key, `No port is named for ${portless.slice(0, 5).join(', ')}: taken as 9092.`)
  if (brokers.size > 0) draft.use('brokers')
  else {
    draft.settle('brokers')
    if (!isConflict) draft.note('bootstrap.servers', 'The text names no broker: localhost:9092 stands in for it. Put yours in its place.') // oxfmt-ignore
    else draft.note('bootstrap.servers', 'localhost:9092 stands in for it. Put the right brokers in its place, and enter the secrets for them.') // oxfmt-ignore
  }
  return [...brokers]
}

/** The checks the text asks for; settings that check less than usual are then held back. */
function readChecks(draft: Draft, tls: boolean): Partial<Profile['tls']> {
  if (!tls) return {}
  const off = (text: string | undefined) => text !== undefined && /^(?:false|0|no|off|none)$/i.test(text)
  const on = (text: string | undefined) => text !== undefined && /^(?:true|1|yes|on)$/i.test(text)
  const verify = !off(draft.value('verify')) && !on(draft.value('insecure'))
  const algorithm = draft.value('identification')
  const verifyHostName =
    !(algorithm === '' || algorithm?.toLowerCase() === 'none') && !off(draft.value('checkHostName'))
  const serverName = draft.value('serverName')
  for (const meaning of ['verify', 'insecure'] as const) {
    if (verify) draft.use(meaning)
    else draft.refuse(meaning, 'It turns the verification of certificates off: held back until you agree.')
  }
  for (const meaning of ['identification', 'checkHostName'] as const) {
    if (verifyHostName) draft.use(meaning)
    else draft.refuse(meaning, 'It turns the check of host names off: held back until you agree.')
  }
  if (serverName !== undefined && serverName.length <= 253 && serverName !== '') {
    draft.refuse('serverName', 'It names another host to look for in certificates: held back until you agree.')
    return { verify, verifyHostName, serverName }
  }
  return { verify, verifyHostName }
}

function usableName(section: Section): string | undefined {
  return section.given.has('name') && section.given.has('brokers') && section.label !== '' ? section.label : undefined
}

function fromFile({ profile: given, notes }: { profile: Profile; notes: string[] }): Imported {
  const { profile, held } = holdBack(given)
  const ignored = [
    ...notes.map((why) => ({ key: profile.name, why })),
    ...held.map(({ what, why }) => ({ key: what, why: `${why} Held back until you agree.` })),
    ...referenceNotes(profile.secretReferences, 'these brokers'),
    ...referenceNotes(profile.registry?.secretReferences ?? {}, 'the schema registry'),
  ]
  const notTaken = new Set(held.map(({ what }) => what))
  const parts = Object.keys(profile).filter((part) => part !== 'id' && !(part === 'addressMap' && notTaken.has('address map')) && !(part === 'accessMode' && notTaken.has('access')) && !(part === 'readLimit' && notTaken.has('read limit'))) // oxfmt-ignore
  return { profile, signIn: {}, held, secrets: {}, registrySecrets: {}, understood: parts, ignored: cut(ignored) }
}

function referenceNotes(references: Profile['secretReferences'], to: Parameters<typeof variableNote>[1]): Unused[] {
  return Object.values(references).map((text) => ({
    key: 'secretReferences',
    why: variableNote(String(text).slice('${env:'.length, -1), to),
  }))
}

function countOf({ given }: Section): string {
  const count = [...given.values()].flat().length
  return count === 1 ? 'Its one setting stands' : `Its ${count} settings stand`
}

function cut(ignored: Unused[]): Unused[] {
  const shown = ignored
    .slice(0, mostIgnored)
    .map(({ key, why }) => ({ key: key.slice(0, 200), why: why.slice(0, 1_000) }))
  const more = ignored.length - shown.length
  return more > 0 ? [...shown, { key: '…', why: `${more} more were not used.` }] : shown
}

function nothingFound(): SeeklineError {
  return new SeeklineError('profile.invalid', 'No client settings were found in the text.', {
    hint: 'Paste a properties or YAML file, librdkafka settings, the configuration of Kafka UI, AKHQ or kafkactl, a client’s JSON, JavaScript or Python, or a kcat command.', // oxfmt-ignore
  })
}
