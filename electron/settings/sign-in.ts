import { SaslMechanism } from '#shared/model/profile.ts'
import { envName } from '#shared/model/secrets.ts'
import type { Draft } from './draft.ts'
import { readJaas, JaasError, type Jaas } from './jaas.ts'
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
  const sasl = switches.sasl ?? draft.has('mechanism', 'jaas', 'username', 'password')
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
  // Taking TLS for granted can fail loudly; the reverse could send a password in the open.
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
    const on = text === 'true' || text === '1' || text === 'yes' || text === 'on' ? true : text === 'false' || text === '0' || text === 'no' || text === 'off' ? false : undefined // prettier-ignore
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

/** kafkajs and kafkactl connect without TLS unless told; where they are the source, that holds. */
function isProgram(draft: Draft): boolean {
  return draft.has('brokers') && /(?:^|\.)brokers$/.test(draft.keyOf('brokers'))
}

const noVariable = 'A user name cannot be read from the environment. Enter it.'

/** Mechanism, user and password; what cannot be had is said in its own words. */
export function readSignIn(draft: Draft, on: boolean): { mechanism: SaslMechanism; username: string } {
  const none = { mechanism: 'none', username: '' } as const
  if (!on) {
    for (const meaning of ['mechanism', 'jaas', 'username', 'password'] as const) {
      draft.refuse(meaning, 'The security protocol is one without SASL, so Kafka would not use it.')
    }
    return none
  }
  const named = mechanismName(draft.value('mechanism'))
  const jaas = jaasOf(draft)
  const mechanism = named ?? mechanismOf(jaas?.module ?? '')
  const parsed = SaslMechanism.exclude(['none']).safeParse(mechanism)
  if (!parsed.success) {
    const username = mechanism === '' ? (draft.value('username') ?? '') : ''
    if (username !== '') draft.use('username')
    refuseAll(draft, mechanism)
    return { mechanism: 'none', username }
  }
  if (named !== undefined) draft.use('mechanism')
  else draft.note('sasl.mechanism', `Not named in the text; taken as ${parsed.data} because of ${jaas === null ? 'the user name' : 'the login module'}.`) // prettier-ignore
  const fromModule = mechanismOf(jaas?.module ?? '')
  if (jaas !== null && named !== undefined && family(fromModule) !== family(named)) {
    draft.note(draft.keyOf('jaas'), `Its login module is not one for ${named}; the mechanism is taken as it is named.`)
  }
  const username = nameAndPassword(draft, jaas)
  if (username !== '') return { mechanism: parsed.data, username }
  draft.note('sasl.username', 'No user name was found; "user" stands in for it.')
  return { mechanism: parsed.data, username: 'user' }
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

function nameAndPassword(draft: Draft, jaas: Jaas | null): string {
  const jaasKey = draft.keyOf('jaas')
  const plainName = draft.value('username')
  const plainPassword = draft.value('password')
  const jaasName = jaas?.options.get('username')
  const jaasPassword = jaas?.options.get('password')
  const differ = (a: string | undefined, b: string | undefined) => a !== undefined && b !== undefined && a !== b
  if (differ(plainName, jaasName) || differ(plainPassword, jaasPassword)) {
    const why = 'It and the JAAS setting give different values: none of them was taken.'
    for (const meaning of ['username', 'password'] as const) draft.refuse(meaning, why)
    draft.refuse('jaas', 'It and the plain settings give different users or passwords: none of them was taken.')
    return ''
  }
  let username = plainName
  const isReference = plainName !== undefined && envName(plainName) !== null
  if (isReference) {
    draft.refuse('username', noVariable)
    username = undefined
  } else if (plainName !== undefined) {
    draft.use('username')
    draft.sayIfOdd('username', plainName)
  }
  if (jaasName !== undefined) {
    const absent = absentInText(jaasName)
    if (absent !== undefined) draft.note(`${jaasKey}: username`, absentSentence(absent, false))
    else if (envName(jaasName) !== null) draft.note(`${jaasKey}: username`, noVariable)
    else {
      username ??= jaasName
      draft.use('jaas')
    }
  }
  draft.secret('password', 'password', plainPassword)
  if (jaasPassword !== undefined && draft.secrets.password === jaasPassword) draft.use('jaas')
  else draft.secret('password', 'jaas', jaasPassword, 'password')
  if (jaas !== null && !draft.has('mechanism')) draft.use('jaas')
  const isBare = jaasName === undefined && jaasPassword === undefined
  if (jaas !== null && isBare) draft.refuseUnsettled('jaas', 'It holds neither a user name nor a password.')
  else if (jaas !== null) draft.settle('jaas')
  return username ?? ''
}

function refuseAll(draft: Draft, mechanism: string): void {
  const how = { GSSAPI: 'Kerberos', OAUTHBEARER: 'OAuth', AWS_MSK_IAM: 'AWS IAM' }[mechanism]
  if (draft.has('mechanism')) {
    draft.refuse(
      'mechanism',
      how === undefined
        ? 'Seekline signs in by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 only.'
        : `This is sign-in by ${how}; Seekline signs in by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 only.`,
    )
  } else draft.note('sasl.mechanism', 'Not named in the text: choose one in the form.')
  const why = mechanism === '' ? 'Choose the mechanism in the form, and enter it there.' : how === undefined ? 'Without a mechanism that Seekline has, it has no use.' : `It belongs to sign-in by ${how}, which Seekline does not have.` // prettier-ignore
  for (const meaning of ['jaas', 'username', 'password'] as const) draft.refuseUnsettled(meaning, why)
}

/** `ScramSha512` and `scram-sha512` mean what Kafka calls SCRAM-SHA-512. */
function mechanismName(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const bare = text.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase()
  const known: Record<string, string> = { PLAIN: 'PLAIN', SCRAMSHA256: 'SCRAM-SHA-256', SCRAMSHA512: 'SCRAM-SHA-512', GSSAPI: 'GSSAPI', OAUTHBEARER: 'OAUTHBEARER', AWSMSKIAM: 'AWS_MSK_IAM', AWS: 'AWS_MSK_IAM', KERBEROS: 'GSSAPI' } // prettier-ignore
  return known[bare] ?? 'other'
}

function mechanismOf(module: string): string {
  if (module.endsWith('.PlainLoginModule')) return 'PLAIN'
  if (module.endsWith('.ScramLoginModule')) return 'SCRAM-SHA-512'
  if (module.endsWith('.Krb5LoginModule')) return 'GSSAPI'
  if (module.endsWith('.IAMLoginModule')) return 'AWS_MSK_IAM'
  return module.endsWith('.OAuthBearerLoginModule') ? 'OAUTHBEARER' : ''
}

function family(mechanism: string): string {
  return mechanism.startsWith('SCRAM') ? 'SCRAM' : mechanism
}
