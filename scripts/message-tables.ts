// npm run message-tables: makes electron/kafka/decode/internal-topics/messages.ts from Kafka's own message definitions, which are
// JSON files in the jars of its coordinators. The result is committed: it changes only with Kafka's versions, and so builds and
// tests do not need the jars.
import fs from 'node:fs/promises'
import path from 'node:path'
import { jarTexts } from './lib/jar.ts'
import { currentKafka, kafkaJars } from './lib/kafka-jars.ts'
import { repoRoot } from './lib/paths.ts'
import { run } from './lib/run-program.ts'
import { exitWith } from './lib/setup-error.ts'

interface Definition {
  apiKey?: number
  type: string
  name: string
  validVersions: string
  flexibleVersions: string
  fields: Field[]
  commonStructs?: { name: string; fields: Field[] }[]
}

interface Field {
  name: string
  type: string
  versions?: string
  nullableVersions?: string
  taggedVersions?: string
  tag?: number
  fields?: Field[]
}

const topics = {
  __consumer_offsets: 'kafka-group-coordinator',
  __transaction_state: 'kafka-transaction-coordinator',
  __share_group_state: 'kafka-share-coordinator',
}
const primitives = new Set(['bool', 'int8', 'int16', 'uint16', 'int32', 'int64', 'uuid', 'string', 'bytes'])

await main().catch(exitWith)

async function main(): Promise<void> {
  const { classpath } = await kafkaJars(currentKafka, (line) => process.stdout.write(`${line}\n`))
  const records: Record<string, unknown> = {}
  for (const [topic, jar] of Object.entries(topics)) records[topic] = recordsOf(await definitions(classpath, jar))
  const clients = await definitions(classpath, 'kafka-clients')
  const embedded = ['ConsumerProtocolSubscription', 'ConsumerProtocolAssignment'].map(
    (name) => messageOf(clients.find((one) => one.name === name)!), // if the definition is missing, the script must stop here
  )
  const source = `// Made by scripts/message-tables.ts from the message definitions of Apache Kafka ${currentKafka} (common/message in its jars,
// Apache License 2.0). A field is its name, its type, the versions that have it, and "nullable" or its tag (KIP-482).
/* oxlint-disable max-lines -- a generated table, not code */

import type { MessageTable, RecordTable } from './message.ts'

/** The records of Kafka's own topics: a key starts with its type, a value with its version. */
export const records: Record<string, RecordTable[]> = ${JSON.stringify(records)}

/** The subscriptions and assignments of members of classic groups whose protocol type is "consumer". */
export const consumerProtocol: Record<'subscription' | 'assignment', MessageTable> = ${JSON.stringify({ subscription: embedded[0], assignment: embedded[1] })}
`
  const file = path.join(repoRoot, 'electron', 'kafka', 'decode', 'internal-topics', 'messages.ts')
  await fs.writeFile(file, source)
  const { code, stderr } = await run(process.execPath, [
    path.join(repoRoot, 'node_modules', 'oxfmt', 'bin', 'oxfmt'),
    file,
  ])
  if (code !== 0) throw new Error(stderr)
}

async function definitions(classpath: string, jar: string): Promise<Definition[]> {
  const file = path.join(path.dirname(classpath), `${jar}-${currentKafka}.jar`)
  const texts = await jarTexts(file, (name) => /^common\/message\/.*\.json$/.test(name))
  return [...texts.values()].map((text) => JSON.parse(text.replace(/^\s*\/\/.*$/gm, '')) as Definition)
}

/** Each type of record, with its key and its value. */
function recordsOf(all: Definition[]): unknown[] {
  const keys = all.filter(({ type }) => type === 'coordinator-key').toSorted((a, b) => a.apiKey! - b.apiKey!) // every definition of a key has an apiKey
  return keys.map((key) => {
    const value = all.find(({ type, apiKey }) => type === 'coordinator-value' && apiKey === key.apiKey)! // if the definition is missing, the script must stop here
    const name = key.name.replace(/Key$/, '')
    if (value.name !== `${name}Value` || key.validVersions !== '0') throw new Error(`${key.name} and ${value.name}?`)
    return { type: key.apiKey, name, key: messageOf(key).fields, value: messageOf(value) }
  })
}

function messageOf({ validVersions, flexibleVersions, fields, commonStructs = [] }: Definition) {
  const structs: Record<string, string[]> = {}
  const add = (of: Field[]): string[] => of.map((field) => {
    const type = field.type.replace(/^\[\]/, '')
    if (field.fields !== undefined) structs[type] = add(field.fields)
    return lineOf(field)
  }) // oxfmt-ignore
  for (const struct of commonStructs) structs[struct.name] = add(struct.fields)
  const made = { versions: validVersions, flexible: flexibleVersions, fields: add(fields), structs }
  for (const line of [made.fields, ...Object.values(structs)].flat()) {
    const type = line.split(' ')[1]!.replace(/^\[\]/, '') // the pattern of this line has two words
    if (!primitives.has(type) && structs[type] === undefined) throw new Error(`${line}: of what type?`)
  }
  return made
}

function lineOf({ name, type, versions, nullableVersions, taggedVersions, tag }: Field): string {
  const of = versions ?? taggedVersions! // a field without versions is a tagged one, with versions of its own
  // All of them are like this; otherwise a line would need more.
  for (const other of [nullableVersions, taggedVersions])
    if (other !== undefined && other !== of) throw new Error(`${name}: ${of}, but ${other}?`)
  const words = [name[0]!.toLowerCase() + name.slice(1), type, of] // the name of a field is never empty
  if (nullableVersions !== undefined) words.push('nullable')
  if (tag !== undefined) words.push('tag', String(tag))
  return words.join(' ')
}
