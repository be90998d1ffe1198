import { saslFieldNames, saslSecretNames } from '#shared/model/sasl/mechanisms.ts'
import type { Secrets } from '#shared/model/secrets.ts'
import type { SecretName } from '#shared/model/secret-names.ts'
import { envName } from '#shared/model/secrets.ts'
import type { Given, Section, Unused } from './sections.ts'
import type { Meaning } from './known-settings.ts'
import { absentIn, absentSecret, absentSentence } from './placeholders.ts'
import type { Setting } from './setting.ts'

const typedSecrets = [
  ...saslSecretNames,
  'keyPassword',
  'storePassword',
  'trustPassword',
  'registryUserInfo',
  'registryToken',
  'registryClientSecret',
  'registryTrustPassword',
  'registryStorePassword',
  'registryKeyPassword',
] as const
const secretMeanings = new Set<Meaning>([...typedSecrets, 'key'])
const shownLines = 6
/** Where quotation marks could be part of the value; a path, an address or a word never has them. */
const mayBeQuoted = new Set<Meaning>([...saslFieldNames, ...typedSecrets, 'jaas'])

/**
 * One cluster's settings, and what happened to each: used, or not and why. "Understood" means used; a setting is in exactly one
 * of the two lists. Never a value, which may be a secret.
 */
export class Draft {
  readonly secrets: Secrets = {}
  readonly registrySecrets: Secrets = {}
  readonly ignored: Unused[] = []
  /** Set if the text names two clusters in one section: no secret may then be used. */
  isAmbiguous = false
  readonly #given: Map<Meaning, Given[]>
  readonly #used = new Set<string>()
  readonly #settled = new Set<Meaning>()

  constructor({ given }: Section) {
    this.#given = given
  }

  get understood(): string[] {
    return [...this.#used]
  }

  has(...meanings: Meaning[]): boolean {
    return meanings.some((meaning) => this.#given.has(meaning))
  }

  keyOf(meaning: Meaning): string {
    return this.#given.get(meaning)?.[0]?.key ?? meaning
  }

  setting(meaning: Meaning): Setting | undefined {
    return this.#given.get(meaning)?.[0]?.setting
  }

  /**
   * The one value given for this, if there is one. Two different values are both set aside and named: which of them is used
   * depends on the client, and a password must not be sent to the other one's brokers.
   */
  value(meaning: Meaning): string | undefined {
    const all = this.#given.get(meaning)
    const first = all?.[0]
    if (all === undefined || first === undefined || this.#settled.has(meaning)) return undefined
    const distinct = new Set(all.map(({ setting }) => JSON.stringify([setting.value, setting.absent, setting.file])))
    if (distinct.size > 1) {
      const lines = [...new Set(all.map(({ setting }) => setting.line))]
      const named = lines.slice(0, shownLines).join(', ')
      const where = lines.length === 1 ? `line ${named}` : `lines ${named}`
      this.refuse(
        meaning,
        `It is given ${distinct.size} times with different values (${where}): none of them was taken.`,
      )
      return undefined
    }
    const absent = absentIn(first.setting)
    // A constant of a program, such as C#'s `SecurityProtocol.SaslSsl`, is as good as its text.
    const isConstant = (meaning === 'protocol' || meaning === 'mechanism') && first.setting.value !== ''
    if (
      absent !== undefined &&
      first.setting.file === undefined &&
      meaning !== 'brokers' &&
      meaning !== 'jaas' &&
      !isConstant
    ) {
      this.refuse(meaning, absentSentence(absent, secretMeanings.has(meaning)))
      return undefined
    }
    if (first.setting.file !== undefined) return first.setting.file
    return mayBeQuoted.has(meaning) ? first.setting.value : withoutQuotes(first.setting.value)
  }

  isFile(meaning: Meaning): boolean {
    return this.setting(meaning)?.file !== undefined
  }

  /** Counts a setting as understood: its value is in the draft. */
  use(...meanings: Meaning[]): void {
    for (const meaning of meanings) {
      if (this.#settled.has(meaning)) continue
      for (const { key } of this.#given.get(meaning) ?? []) this.#used.add(key)
      if (this.#given.has(meaning)) this.#settled.add(meaning)
    }
  }

  /** Sets a setting aside with a sentence, even if it was used before; does nothing if it is not given. */
  refuse(meaning: Meaning, why: string): void {
    const keys = new Set((this.#given.get(meaning) ?? []).map(({ key }) => key))
    this.#settled.add(meaning)
    for (const key of keys) {
      this.#used.delete(key)
      this.ignored.push({ key, why })
    }
  }

  note(key: string, why: string): void {
    this.ignored.push({ key, why })
  }

  /** Marks a setting whose parts were each dealt with. */
  settle(meaning: Meaning): void {
    this.#settled.add(meaning)
  }

  /** Says why a setting is not used, unless it has been dealt with. */
  refuseUnsettled(meaning: Meaning, why: string): void {
    if (!this.#settled.has(meaning)) this.refuse(meaning, why)
  }

  /**
   * Puts a secret into the draft, or says why not; false: it was not used. `part`: which part of the setting it is, if a
   * setting holds several.
   */
  secret(name: SecretName, meaning: Meaning, value: string | undefined, part?: string): boolean {
    return this.#take(this.secrets, name, meaning, value, part)
  }

  /** The same for a secret of the schema registry. */
  registrySecret(name: SecretName, meaning: Meaning, value: string | undefined): boolean {
    return this.#take(this.registrySecrets, name, meaning, value)
  }

  #take(into: Secrets, name: SecretName, meaning: Meaning, value: string | undefined, part?: string): boolean {
    if (value === undefined) return false
    const key = part === undefined ? this.keyOf(meaning) : `${this.keyOf(meaning)}: ${part}`
    const refuse = (why: string): false => {
      if (part === undefined) this.refuse(meaning, why)
      else this.note(key, why)
      return false
    }
    if (value === '') return refuse('It is empty.')
    const absent = absentSecret(value)
    if (absent !== undefined) return refuse(absentSentence(absent, true))
    if (this.isAmbiguous) return refuse('Not taken, for the text does not say to which brokers it belongs.')
    into[name] = value
    this.use(meaning)
    const variable = envName(value)
    if (variable !== null)
      this.note(key, variableNote(variable, into === this.secrets ? 'these brokers' : 'the schema registry'))
    else if (part === undefined) this.sayIfOdd(meaning, value)
    return true
  }

  /** Explains the settings that nothing has read. */
  explainRest(): void {
    for (const [meaning, given] of this.#given) {
      if (this.#settled.has(meaning) || meaning === 'name') continue
      this.refuse(meaning, given[0]?.setting.value === '' ? 'It is empty.' : 'The other settings leave no use for it.')
    }
  }

  sayIfOdd(meaning: Meaning, value: string): void {
    const raw = this.setting(meaning)?.raw
    const key = this.keyOf(meaning)
    if (raw !== undefined && raw !== value && /\\[^\\:=#! u\n]/.test(raw)) {
      this.note(key, 'A single backslash begins an escape in a properties file: it is taken as Java reads it.')
    }
    if (/^(["'])[^]*\1/.test(value)) {
      this.note(key, 'It is taken with the quotation marks around it, as clients take it. Remove them if they are not part of it.') // oxfmt-ignore
    }
    if (/\s#/.test(value)) {
      this.note(
        key,
        'It is taken with the # and what follows, as clients take it: no comment can stand behind a value.',
      )
    }
  }
}

export function variableNote(variable: string, to: 'these brokers' | 'the schema registry'): string {
  return `It is read from the environment variable ${variable} of this computer when connecting, and goes to ${to}. You are asked before that happens for the first time.`
}

function withoutQuotes(value: string): string {
  return /^(["'])([^"']*)\1$/.exec(value)?.[2] ?? value
}
