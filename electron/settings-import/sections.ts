import { saslFieldNames, saslSecretNames } from '#shared/model/sasl/mechanisms.ts'
import { meaningOf, reasonFor, type Meaning } from './known-settings.ts'
import type { Read, Setting } from './setting.ts'

export interface Given {
  setting: Setting
  /** The key as the text has it, safe to show. */
  key: string
}

/** Settings that belong together: one section, prefix, object or document. Two sections are never merged. */
export interface Section {
  id: string
  label: string
  given: Map<Meaning, Given[]>
}

export interface Unused {
  key: string
  why: string
}

export interface Unknown extends Unused {
  /** Its place in an object; absent in files of lines, where there is only a line number. */
  path?: string
}

export interface Sections {
  /** Those that name a cluster; if none does, those that say how to sign in. */
  choices: Section[]
  others: Section[]
  /** Settings without a meaning here, each with its reason. */
  unknown: Unknown[]
}

/** Sorts the settings of a text by whom they belong to. */
export function sectionsOf({ settings, strayLines, elsewhere }: Read): Sections {
  const sections = new Map<string, Section>()
  const unknown: Unknown[] = []
  for (const setting of settings) {
    const { owner, meaning, words } = meaningOf(setting.path)
    if (meaning === undefined) {
      if (unknown.length < 20_000) unknown.push(unusedOf(setting, words))
      continue
    }
    let section = sections.get(owner)
    if (section === undefined)
      sections.set(
        owner,
        (section = {
          id: owner,
          label: /^\d+$/.test(owner) ? `number ${Number(owner) + 1}` : owner.slice(0, 200),
          given: new Map(),
        }),
      )
    const key = keyOf(setting, true) ?? `line ${setting.line}`
    section.given.set(meaning, [...(section.given.get(meaning) ?? []).slice(0, 9), { setting, key }])
  }
  for (const line of strayLines.slice(0, 20_000)) unknown.push({ key: `line ${line}`, why: strayWhy })
  for (const { key, why } of elsewhere) unknown.push({ key, why })
  inheritInSpring(sections)
  const all = [...sections.values()].filter((section) =>
    [...section.given.keys()].some((meaning) => meaning !== 'name'),
  )
  const named = all.filter((section) => section.given.has('brokers'))
  const signing = all.filter((section) => secretMeanings.some((meaning) => section.given.has(meaning)))
  const choices = named.length > 0 ? named : signing.length > 0 ? signing : all
  for (const section of all) section.label = nameOf(section) ?? section.label
  return { choices, others: all.filter((section) => !choices.includes(section)), unknown }
}

const strayWhy = 'It is not known as a setting, and not shown: it may be part of a secret.'
const secretMeanings: Meaning[] = [
  'protocol',
  'mechanism',
  'jaas',
  ...saslFieldNames,
  ...saslSecretNames,
  'certificate',
  'certificateFile',
  'store',
]

function unusedOf(setting: Setting, words: string): Unknown {
  const reason = reasonFor(words)
  const key = keyOf(setting, reason !== undefined)
  if (key === undefined) return { key: `line ${setting.line}`, why: strayWhy }
  const why = reason ?? 'It says nothing about how to reach the cluster; if it should, check its spelling.'
  return setting.isTorn === true ? { key, why } : { key, why, path: setting.path.join('.') }
}

/**
 * The key as written, if it looks like a key. Anything else may be part of a secret that was torn from its line, and is never
 * shown.
 */
function keyOf({ path, isTorn }: Setting, isKnown: boolean): string | undefined {
  const dotted = path.join('.')
  if (dotted.length > 300 || /[\p{C}\n]/u.test(dotted)) return undefined
  if (isKnown) return /^[\w%$@ .:/[\]-]+$/.test(path.at(-1) ?? '') ? dotted : undefined
  const last = path.at(-1) ?? ''
  if (isTorn === true)
    return /^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+$/.test(last) || /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(last)
      ? dotted
      : undefined
  return /^[A-Za-z][\w.-]{0,60}$/.test(last) && !/\d.*[A-Z]/.test(last) ? dotted : undefined
}

function nameOf(section: Section): string | undefined {
  const name = section.given.get('name')?.[0]?.setting.value.trim()
  return name === undefined || name === '' || name.length > 80 || /[\p{C}\n]/u.test(name) ? undefined : name
}

/**
 * `spring.kafka.consumer.bootstrap-servers` next to `spring.kafka.properties.sasl…`: Spring passes the common part to its
 * consumers. Done only if all of them name the same brokers and have nothing of their own.
 */
function inheritInSpring(sections: Map<string, Section>): void {
  for (const [id, parent] of sections) {
    if (!/(?:^|\.)spring\.kafka$/.test(id) || parent.given.has('brokers')) continue
    const children = ['consumer', 'producer', 'admin', 'streams'].flatMap((role) => sections.get(`${id}.${role}`) ?? [])
    const brokers = children.flatMap((child) => child.given.get('brokers') ?? [])
    const isPlain = children.every((child) => [...child.given.keys()].every((meaning) => meaning === 'brokers'))
    const isOne = new Set(brokers.map(({ setting }) => setting.value)).size === 1
    if (!isPlain || !isOne) continue
    parent.given.set('brokers', brokers)
    for (const child of children) sections.delete(child.id)
  }
}
