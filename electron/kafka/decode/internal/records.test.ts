import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { asKafkaWrites, parseExactly } from '../fixtures/as-kafka-writes.ts'
import { readInternalKey, readInternalValue } from './records.ts'
import { keyTree, valueTree } from './tree.ts'

interface Told {
  topic: string
  type: number
  version: number
  key: string
  keyJson: unknown
  value: string
  valueJson: unknown
  embedded?: { subscription: object; assignment: object }
}

/** Written, and told as JSON, by Kafka 4.4's own classes. */
const told = readFileSync(new URL('../fixtures/internal-records.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => parseExactly(line) as Told)

function read({ topic, key, value }: Told) {
  const ofKey = readInternalKey(topic, Buffer.from(key, 'base64'))
  const ofValue = readInternalValue(ofKey.of, Buffer.from(value, 'base64'))
  return { key: asKafkaWrites(keyTree(ofKey)), value: asKafkaWrites(valueTree(ofKey.of, ofValue)) }
}

describe('a record of Kafka’s own topics', () => {
  const nameOf = ({ topic, type, version }: Told) => `${topic} ${type} version ${version}`
  const plain = told.filter(({ embedded }) => embedded === undefined)
  it.each([...new Set(plain.map(nameOf))])('has the fields that Kafka’s own classes wrote: %s', (name) => {
    const all = plain.filter((one) => nameOf(one) === name)
    expect(all).toHaveLength(3)
    for (const one of all) {
      const { type, version, keyJson, valueJson } = one
      expect(read(one)).toEqual({ key: { type, data: keyJson }, value: { version, data: valueJson } })
    }
  })

  it.each([0, 1, 2, 3])('has what consumers said and were given, version %d', (version) => {
    const { embedded, ...one } = told.filter((of) => of.embedded !== undefined)[version]!
    const { subscription, assignment } = embedded!
    const member = { subscription: { version, ...subscription }, assignment: { version, ...assignment } }
    expect(read(one)).toMatchObject({ value: { data: { members: [member] } } })
  })
})
