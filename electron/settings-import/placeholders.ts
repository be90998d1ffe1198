import { envName } from '#shared/model/secrets.ts'
import type { Setting } from './setting.ts'

export interface Absent {
  /** Safe to show: the form of a placeholder, with its name only if that cannot be a secret. */
  shown: string
  /** An environment variable that may be meant. */
  variable?: string
}

/** The placeholder for a value that is not in the text; undefined: it is the value itself. `${env:NAME}` is a reference. */
export function absentIn(setting: Pick<Setting, 'value' | 'absent'>): Absent | undefined {
  if (setting.absent !== undefined) return { shown: setting.absent, ...variableOf(setting.absent) }
  return absentInText(setting.value)
}

export function absentInText(text: string): Absent | undefined {
  if (envName(text) !== null) return undefined
  const braced = /[$#]\{\s*([^{}\n]{0,300})\}/.exec(text)
  if (braced !== null) {
    const inside = braced[1] ?? ''
    const provider = /^([a-zA-Z][\w-]{0,30}):(?!-)/.exec(inside)?.[1]
    const name = /^(?:env[.:])?([A-Za-z_][\w.]{0,100})(?:$|[:-])/.exec(inside.trim())?.[1]
    // `${KAFKA_USER:guest}` is a variable with a default, `${file:/x:y}` a config provider.
    if (provider !== undefined && (providers.has(provider) || provider !== provider.toUpperCase())) {
      return { shown: `\${${providers.has(provider) ? provider : '…'}:…}` }
    }
    return name === undefined ? { shown: '${…}' } : { shown: `\${${name}}`, ...variableOf(`\${${name}}`) }
  }
  if (/\{\{[^]{0,300}?\}\}/.test(text)) return { shown: '{{ … }}' }
  if (/\{%[^]{0,300}?%\}/.test(text)) return { shown: '{% … %}' }
  if (/<%[^]{0,300}?%>/.test(text)) return { shown: '<% … %>' }
  if (/^<[^<>]{1,100}>$/.test(text)) return { shown: '<…>' }
  if (/^\[[A-Z][A-Z0-9_ -]{2,60}\]$/.test(text)) return { shown: '[…]' }
  // A single word in capitals: `$ecret1` and Event Hubs' `$ConnectionString` are literal values.
  const bare = /^\$([A-Z_][A-Z0-9_]{1,100})$/.exec(text)?.[1]
  if (bare !== undefined) return { shown: `$${bare}`, variable: bare }
  const windows = /^%([A-Za-z_][A-Za-z0-9_]{1,100})%$/.exec(text)?.[1]
  if (windows !== undefined) return { shown: `%${windows}%`, variable: windows }
  if (/%\([A-Za-z_][\w.]{0,100}\)s/.test(text)) return { shown: '%(…)s' }
  if (/^@[A-Za-z_][\w.-]{0,100}@$/.test(text)) return { shown: '@…@' }
  if (/^(?:__[A-Z][A-Z0-9_]{0,100}__|#\{[^}]{1,100}\}#?)$/.test(text)) return { shown: '__…__' }
  if (
    /^(?:your[_-][\w-]{1,100}|your[A-Z]\w{1,100}|change[_-]?(?:me|it[_-]?now)|replace[_-]?(?:me|with)[\w-]{0,100}|todo|\*{3,}|•{3,}|\.{3}|…)$/.test(
      lower(text),
    )
  ) {
    return { shown: /^[\w-]+$/.test(text) ? text.slice(0, 40) : '***' }
  }
  return undefined
}

/**
 * A password that only names its own kind, in capitals: what guides and generated files write in its place. `changeit` is not
 * one, because Java's own stores really have it; nor is a lone `SECRET`, which somebody may have chosen.
 */
export function absentSecret(text: string): Absent | undefined {
  const isNamed = /^(?:[A-Z0-9]{1,30}_){1,6}(?:PASSWORD|PASSPHRASE|PASSWD|SECRET|SECRET_KEY|CREDENTIALS?)(?:_HERE|_VALUE|_PLACEHOLDER|_GOES_HERE)?$/.test(text) // oxfmt-ignore
  return isNamed ? { shown: text.slice(0, 40) } : absentInText(text)
}

const providers = new Set(['file', 'dir', 'directory', 'vault', 'secrets', 'secret', 'securepass', 'config', 'aws', 'secretManager', 'secretsmanager', 'env']) // oxfmt-ignore

function lower(text: string): string {
  // `yourPassword` is recognised by its capital, the others in any case.
  return /^your[A-Z]/.test(text) ? text : text.toLowerCase()
}

function variableOf(shown: string): { variable?: string } {
  const name = /^\$\{([A-Za-z_]\w{0,100})\}$/.exec(shown)?.[1]
  return name === undefined ? {} : { variable: name }
}

/** For a secret: what to do about it. */
export function absentSentence({ shown, variable }: Absent, isSecret: boolean): string {
  const what = `The text holds only a placeholder, ${shown}.`
  if (!isSecret) return `${what} Enter the value.`
  return variable === undefined
    ? `${what} Enter the value, or \${env:NAME} to have it read from this computer’s environment.`
    : `${what} Enter the value, or \${env:${variable}} to have it read from this computer’s environment.`
}
