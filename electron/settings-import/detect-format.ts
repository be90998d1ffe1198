import { readCommands } from './command-line.ts'
import { readJaasFile } from './jaas.ts'
import { iniHeading, readEnvironment, readPlainLines, readProperties, splitSettingLines } from './properties.ts'
import { looksLikeLiterals, readLiterals } from './json-literals.ts'
import { meaningOf } from './known-settings.ts'
import { readOf, type Read } from './setting.ts'
import { looksLikeYaml, readYaml } from './yaml.ts'

/** Recognises a text's format and reads it: one reader a format, one list of settings from all. */
export function readText(given: string): Read {
  const text = given.replace(/^\uFEFF/, '')
  const jaas = readJaasFile(text)
  if (jaas !== null) return jaas
  if (/^\s*[\w.$]+\.\w*LoginModule\s+(?:required|requisite|sufficient|optional)\b/i.test(text)) {
    return readOf([{ path: ['sasl.jaas.config'], value: text.trim(), line: 1 }])
  }
  if (looksLikeLiterals(text)) {
    const read = readLiterals(text)
    if (hasMeaning(read)) return withInner(read)
  }
  const commands = readCommands(text)
  if (commands !== null) return commands
  if (looksLikeYaml(text)) return withInner(readYaml(text))
  const lines = splitSettingLines(text).map((line) => line.trim())
  if (lines.some((line) => iniHeading(line) !== null)) return readPlainLines(text)
  const said = lines.filter((line) => line !== '' && !line.startsWith('#'))
  const isEnvironment = said.length > 0 && said.every((line) => /^(?:(?:export|set|ENV)\s+)?[A-Za-z_]\w*=/.test(line))
  if (isEnvironment && said.some((line) => /^(?:export|set|ENV)\s|^[A-Z]\w*_/.test(line))) return readEnvironment(text)
  return said.some((line) => librdkafkaOnly.test(line)) ? readPlainLines(text) : readProperties(text)
}

/** Keys that only librdkafka knows: its files have no escapes. */
const librdkafkaOnly =
  /^(?:metadata\.broker\.list|sasl\.mechanisms|sasl\.username|sasl\.password|ssl\.ca\.(?:location|pem)|ssl\.certificate\.(?:location|pem)|ssl\.key\.(?:location|pem)|enable\.ssl\.certificate\.verification)[ \t]*=/

function hasMeaning({ settings }: Read): boolean {
  return settings.some(({ path }) => meaningOf(path).meaning !== undefined)
}

/** A value that is a whole settings file itself, as in a ConfigMap's `client.properties: |`. */
function withInner(read: Read): Read {
  const settings = read.settings.flatMap((setting) => {
    if (
      !/^[ \t]*[\w.-]*(?:bootstrap\.servers|security\.protocol|metadata\.broker\.list|sasl\.jaas\.config)[ \t]*[=:]/m.test(
        setting.value,
      )
    ) {
      return [setting]
    }
    if (meaningOf(setting.path).meaning !== undefined) return [setting]
    const inner = librdkafkaOnly.test(setting.value) ? readPlainLines(setting.value) : readProperties(setting.value)
    return inner.settings.map((one) => ({
      ...one,
      path: [...setting.path, ...one.path],
      line: setting.line + one.line,
    }))
  })
  return { ...read, settings }
}
