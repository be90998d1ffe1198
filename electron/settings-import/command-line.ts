import type { Read, Setting } from './setting.ts'
import { shellCommands, type Word } from './shell-words.ts'

const kcat = /(?:^|[/\\])(?:cp-)?(?:kcat|kafkacat)(?:\.exe)?(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?$/
const kafkaTool = /(?:^|[/\\])kafka-[a-z-]+(?:\.sh|\.bat)?$/
const runsContainers = /(?:^|\/)(?:docker|podman|nerdctl)$/
/** kcat's options that take a value (its getopt string); all others are switches. */
const withValue = new Set('GMtpbzoDKkHdFXcfsrm'.split(''))

/** Commands that name a cluster: kcat and Kafka's own tools, also in containers and with variables in front. null: none. */
export function readCommands(text: string): Read | null {
  const fragment = /^\s*-(?:X|b)/.test(text)
  if (!fragment && !/kcat|kafkacat|kafka-|docker|podman|nerdctl/.test(text)) return null
  // A fragment's lines are one command, with or without backslashes at their ends.
  const all = shellCommands(fragment ? `kcat ${text.replace(/\\?\r?\n/g, ' ')}` : text)
  if (all === null) return null
  const found = all.flatMap((words) => {
    const read = readCommand(words)
    return read === null ? [] : [read]
  })
  if (found.length === 0) return null
  const several = found.length > 1
  const inSection = (path: readonly string[], at: number) => (several ? [`command ${at + 1}`, ...path] : path)
  return {
    settings: found.flatMap(({ settings }, at) => settings.map((one) => ({ ...one, path: inSection(one.path, at) }))),
    elsewhere: found.flatMap(({ elsewhere }, at) =>
      elsewhere.map((one) => ({ ...one, path: inSection(one.path, at) })),
    ),
    strayLines: [],
  }
}

function readCommand(words: Word[]): Read | null {
  let at = 0
  while (/^(?:\$|>|%|sudo|time|exec|env|command|#)$|^[A-Za-z_]\w*=/.test(words[at]?.text ?? '')) at += 1
  const name = words[at]?.text ?? ''
  const read: Read = { settings: [], elsewhere: [], strayLines: [] }
  for (const word of words.slice(0, at)) {
    const variable = /^([A-Z_][A-Z0-9_]{0,60})=/.exec(word.text)?.[1]
    if (variable !== undefined) read.elsewhere.push({ key: variable, path: [], why: 'A variable set for the command, which says nothing about the cluster by itself.' }) // oxfmt-ignore
  }
  if (kcat.test(name)) return kcatArguments(words.slice(at + 1), read)
  if (kafkaTool.test(name)) return toolArguments(words.slice(at + 1), read)
  const isContainer = runsContainers.test(name) || /^(?:kubectl|docker-compose)$/.test(name)
  if (!isContainer) return null
  const inner = words.findIndex((word, index) => index > at && (kcat.test(word.text) || kafkaTool.test(word.text)))
  containerVariables(words.slice(at + 1, inner < 0 ? undefined : inner), read)
  if (inner < 0) return read.settings.length > 0 ? read : null
  // `docker run … edenhill/kcat:1.7.1 kcat -b …`: the image may be followed by the command's own name.
  const twice = words[inner + 1]
  const from = twice !== undefined && (kcat.test(twice.text) || kafkaTool.test(twice.text)) ? inner + 1 : inner
  const isTool = kafkaTool.test(words[from]?.text ?? '')
  return (isTool ? toolArguments : kcatArguments)(words.slice(from + 1), read)
}

function kcatArguments(words: Word[], read: Read): Read {
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i]! // i < words.length
    if (!/^-[^-]/.test(word.text)) continue
    for (let letter = 1; letter < word.text.length; letter += 1) {
      const option = word.text[letter] ?? ''
      if (!withValue.has(option)) continue
      let value: Word = { ...word, text: word.text.slice(letter + 1) }
      if (value.text === '' && word.absent === undefined) {
        i += 1
        value = words[i] ?? value
      }
      if (option === 'b') read.settings.push(settingOf(['-b'], value, value.text))
      else if (option === 'X') pair(value, read)
      else if (option === 'F') {
        read.elsewhere.push({
          key: '-F',
          path: [],
          why: 'kcat reads more settings from this file. Paste its lines instead of the command, or below “-b” and “-X” of it.',
        })
      }
      break
    }
  }
  return read
}

/** `kafka-console-consumer.sh --bootstrap-server … --consumer-property k=v --command-config FILE`. */
function toolArguments(words: Word[], read: Read): Read {
  for (let i = 0; i < words.length; i += 1) {
    const match = /^(--[a-z.-]+)(?:=([^]*))?$/.exec(words[i]!.text) // i < words.length
    if (match === null) continue
    const [, option = '', inline] = match
    const isBrokers = option === '--bootstrap-server' || option === '--broker-list'
    const isPair = /^--(?:consumer-|producer-|command-)?property$/.test(option)
    const isFile = /^--(?:command-config|consumer\.config|producer\.config|bootstrap-controller-config)$/.test(option)
    if (!isBrokers && !isPair && !isFile) continue
    let value: Word = { ...words[i]!, text: inline ?? '' } // i < words.length
    if (inline === undefined) {
      i += 1
      value = words[i] ?? value
    }
    if (isBrokers) read.settings.push(settingOf([option], value, value.text))
    else if (isPair) pair(value, read)
    else read.elsewhere.push({ key: option, path: [], why: 'The tool reads its security settings from this file. Paste its lines.' }) // oxfmt-ignore
  }
  return read
}

function containerVariables(words: Word[], read: Read): void {
  for (let i = 0; i < words.length; i += 1) {
    const match = /^(?:-e|--env)(?:=?([^]*))$/.exec(words[i]!.text) // i < words.length
    if (match === null || words[i]!.text.startsWith('--env-')) continue // i < words.length
    let word: Word = { ...words[i]!, text: match[1] ?? '' } // i < words.length
    if (word.text === '') {
      i += 1
      word = words[i] ?? word
    }
    if (word.text.includes('=')) pair(word, read)
  }
}

function pair(word: Word, read: Read): void {
  const at = word.text.indexOf('=')
  if (at < 0) read.strayLines.push(word.line)
  else read.settings.push(settingOf([word.text.slice(0, at).trim()], word, word.text.slice(at + 1).trim()))
}

function settingOf(path: string[], word: Word, value: string): Setting {
  return { path, value, line: word.line, ...(word.absent === undefined ? {} : { absent: word.absent }) }
}
