import type { Mechanism, SaslField } from '#shared/model/sasl/define-mechanism.ts'
import {
  mechanisms,
  Sasl,
  saslFieldNames,
  type SaslFieldName,
  saslSecretNames,
  type SaslSecretName,
} from '#shared/model/sasl/mechanisms.ts'
import { envName } from '#shared/model/secrets.ts'
import type { Draft } from './draft.ts'
import { readJaas, JaasError, type Jaas } from './jaas.ts'
import { lackingMechanisms } from './lacking-mechanisms.ts'
import { absentIn, absentInText, absentSentence } from './placeholders.ts'

export interface Protocol {
  tls: boolean
  sasl: boolean
}

/** `security.protocol`, or what stands for it: kafkajs' `ssl` and `sasl`, kafkactl's `tls.enabled`. */
export function readProtocol(draft: Draft): Protocol {
  const given = draft.value('protocol')
  const known = protocols[(given ?? '').replaceAll(/[_\s-]/g, '').toUpperCase()]
  if (known !== undefined) {
    draft.use('protocol')
    readSwitches(draft, known)
    return known
  }
  const switches = readSwitches(draft, undefined)
  const sasl = switches.sasl ?? draft.has('mechanism', 'jaas', ...parts)
  const hasTls = draft.has(
    'ca',
    'caFile',
    'trustStore',
    'certificate',
    'certificateFile',
    'store',
    'insecure',
    'verify',
  )
  // Assuming TLS can fail visibly; assuming none could send a password unencrypted.
  const tls = switches.tls ?? (isProgram(draft) ? hasTls : sasl || hasTls)
  const assumed = `${sasl ? 'SASL_' : ''}${tls ? 'SSL' : 'PLAINTEXT'}`
  if (given !== undefined) draft.refuse('protocol', `There is no such protocol; taken as ${assumed}.`)
  else if ((tls || sasl) && switches.tls === undefined) {
    draft.note('security.protocol', `Not named in the text; taken as ${assumed} because of the other settings.`)
  }
  return { tls, sasl }
}

const protocols: Record<string, Protocol> = {
  PLAINTEXT: { tls: false, sasl: false },
  SSL: { tls: true, sasl: false },
  SASLPLAINTEXT: { tls: false, sasl: true },
  SASLSSL: { tls: true, sasl: true },
}

function readSwitches(draft: Draft, protocol: Protocol | undefined): { tls?: boolean; sasl?: boolean } {
  const out: { tls?: boolean; sasl?: boolean } = {}
  for (const [meaning, part] of [
    ['tlsOn', 'tls'],
    ['saslOn', 'sasl'],
  ] as const) {
    const text = draft.value(meaning)?.toLowerCase()
    if (text === undefined) continue
    const on = text === 'true' || text === '1' || text === 'yes' || text === 'on' ? true : text === 'false' || text === '0' || text === 'no' || text === 'off' ? false : undefined // oxfmt-ignore
    if (on === undefined) draft.refuse(meaning, 'It is neither true nor false.')
    else if (protocol !== undefined && protocol[part] !== on)
      draft.refuse(meaning, 'The security protocol says otherwise.')
    else {
      out[part] = on
      draft.use(meaning)
    }
  }
  return out
}

/** kafkajs and kafkactl connect without TLS by default; for their settings, that applies. */
function isProgram(draft: Draft): boolean {
  return draft.has('brokers') && /(?:^|\.)brokers$/.test(draft.keyOf('brokers'))
}

/** What was found about signing in. Without a mechanism its fields wait until one is chosen. */
export interface FoundSignIn {
  sasl: Sasl
  fields: Partial<Record<SaslFieldName, string>>
}

const nobody = { sasl: { mechanism: 'none' }, fields: {} } as const satisfies FoundSignIn
const parts = [...saslFieldNames, ...saslSecretNames]
const offered = mechanisms.map(({ name }) => name)
const offeredWords = `${offered.slice(0, -1).join(', ')} or ${offered.at(-1)}`

/** Mechanism, user and password; unsupported ones are named. */
export function readSignIn(draft: Draft, on: boolean): FoundSignIn {
  if (!on) {
    for (const meaning of ['mechanism', 'jaas', ...parts] as const) {
      draft.refuse(meaning, 'The security protocol is one without SASL, so Kafka would not use it.')
    }
    return nobody
  }
  const given = draft.value('mechanism')
  const jaas = jaasOf(draft)
  const named = given === undefined ? undefined : bySpelling(mechanisms, given)
  const mechanism = given === undefined ? byModule(mechanisms, jaas) : named
  if (mechanism === undefined) return refuseAll(draft, given, jaas)
  if (given !== undefined) draft.use('mechanism')
  else draft.note('sasl.mechanism', `Not named in the text; taken as ${mechanism.name} because of the login module.`)
  if (jaas !== null && given !== undefined && !isModule(jaas, mechanism)) {
    draft.note(draft.keyOf('jaas'), `Its login module is not one for ${mechanism.name}; the mechanism is taken as it is named.`) // oxfmt-ignore
  }
  const found = fieldsAndSecrets(draft, jaas, mechanism)
  for (const [name, { label, standIn }] of Object.entries(mechanism.fields)) {
    if (found[name] !== undefined && found[name] !== '') continue
    draft.note(`sasl.${name}`, `No ${label.toLowerCase()} was found; "${standIn}" stands in for it.`)
    found[name] = standIn
  }
  return { sasl: Sasl.parse({ mechanism: mechanism.name, ...found }), fields: {} }
}

function jaasOf(draft: Draft): Jaas | null {
  const text = draft.value('jaas')
  if (text === undefined) return null
  const whole = absentIn(draft.setting('jaas') ?? { value: '' })
  if (whole !== undefined && !/LoginModule/.test(text)) {
    draft.refuse('jaas', absentSentence(whole, true))
    return null
  }
  const jaas = readJaas(text)
  if (!(jaas instanceof JaasError)) return jaas
  draft.refuse('jaas', `${jaas.why} Nothing of it was taken.`)
  return null
}

/** The mechanism's fields by name; its secrets go into the draft. */
function fieldsAndSecrets(draft: Draft, jaas: Jaas | null, { fields, secrets }: Mechanism): Record<string, string> {
  const found: Record<string, string> = {}
  const all = Object.entries({ ...fields, ...secrets }) as [SaslFieldName | SaslSecretName, { jaas: string }][]
  const inJaas = (name: string): string | undefined => jaas?.options.get({ ...fields, ...secrets }[name]?.jaas ?? '')
  const differs = (name: SaslFieldName | SaslSecretName): boolean => {
    const [plain, within] = [draft.value(name), inJaas(name)]
    return plain !== undefined && within !== undefined && plain !== within
  }
  if (all.some(([name]) => differs(name))) {
    for (const [name] of all)
      draft.refuse(name, 'It and the JAAS setting give different values: none of them was taken.')
    draft.refuse('jaas', 'It and the plain settings give different users or passwords: none of them was taken.')
    return found
  }
  for (const name of Object.keys(fields) as SaslFieldName[]) {
    const text = readField(draft, name, inJaas(name), fields[name]!) // name is a key of fields
    if (text !== undefined) found[name] = text
  }
  for (const name of Object.keys(secrets) as SaslSecretName[]) {
    const within = inJaas(name)
    draft.secret(name, name, draft.value(name))
    if (within !== undefined && draft.secrets[name] === within) draft.use('jaas')
    else draft.secret(name, 'jaas', within, secrets[name]!.jaas) // name is a key of secrets
  }
  if (jaas !== null && !draft.has('mechanism')) draft.use('jaas')
  const isBare = all.every(([name]) => inJaas(name) === undefined)
  if (jaas !== null && isBare) draft.refuseUnsettled('jaas', 'It holds neither a user name nor a password.')
  else if (jaas !== null) draft.settle('jaas')
  return found
}

function readField(
  draft: Draft,
  name: SaslFieldName,
  within: string | undefined,
  { label, jaas }: SaslField,
): string | undefined {
  const noVariable = `A ${label.toLowerCase()} cannot be read from the environment. Enter it.`
  const plain = draft.value(name)
  let text: string | undefined
  if (plain !== undefined && envName(plain) !== null) draft.refuse(name, noVariable)
  else if (plain !== undefined) {
    draft.use(name)
    draft.sayIfOdd(name, plain)
    text = plain
  }
  if (within === undefined) return text
  const key = `${draft.keyOf('jaas')}: ${jaas}`
  const absent = absentInText(within)
  if (absent !== undefined) draft.note(key, absentSentence(absent, false))
  else if (envName(within) !== null) draft.note(key, noVariable)
  else {
    draft.use('jaas')
    text ??= within
  }
  return text
}

/** No sign-in until the form says how; fields that were found are kept if the user only has to choose a mechanism. */
function refuseAll(draft: Draft, given: string | undefined, jaas: Jaas | null): FoundSignIn {
  const lacking = given === undefined ? byModule(lackingMechanisms, jaas) : bySpelling(lackingMechanisms, given)
  const isOpen = given === undefined && lacking === undefined
  const fields: FoundSignIn['fields'] = {}
  if (isOpen) {
    for (const name of saslFieldNames) {
      const text = draft.value(name)
      if (text === undefined || text === '') continue
      fields[name] = text
      draft.use(name)
    }
  }
  if (draft.has('mechanism')) {
    draft.refuse(
      'mechanism',
      lacking === undefined
        ? `Seekline signs in by ${offeredWords} only.`
        : `This is sign-in by ${lacking.how}; Seekline signs in by ${offeredWords} only.`,
    )
  } else draft.note('sasl.mechanism', 'Not named in the text: choose one in the form.')
  const why = isOpen ? 'Choose the mechanism in the form, and enter it there.' : lacking === undefined ? 'Without a mechanism that Seekline has, it has no use.' : `It belongs to sign-in by ${lacking.how}, which Seekline does not have.` // oxfmt-ignore
  for (const meaning of ['jaas', ...parts] as const) draft.refuseUnsettled(meaning, why)
  return { ...nobody, fields }
}

/** `ScramSha512` and `scram-sha512` mean what Kafka calls SCRAM-SHA-512. */
function bySpelling<M extends { spellings: readonly string[] }>(among: readonly M[], text: string): M | undefined {
  const bare = text.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase()
  return among.find(({ spellings }) => spellings.includes(bare))
}

/** The strongest of those that share a module, which are listed last. */
function byModule<M extends { loginModule: string }>(among: readonly M[], jaas: Jaas | null): M | undefined {
  return jaas === null ? undefined : among.findLast((one) => isModule(jaas, one))
}

const isModule = ({ module }: Jaas, { loginModule }: { loginModule: string }): boolean =>
  module.endsWith(`.${loginModule}`)
