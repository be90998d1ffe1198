import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jsonOf } from '#shared/model/decoded-value.ts'
import { asKafkaWrites, parseExactly } from '../fixtures/as-kafka-writes.ts'
import { said } from './consumer-protocol.ts'
import { valueJson } from './json.ts'
import type { Fields } from './message.ts'
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

  it('says of what a consumer said too shortly what is there, and which fields are not', () => {
    const { embedded: _, ...one } = told.filter((of) => of.embedded !== undefined)[1]!
    const key = readInternalKey(one.topic, Buffer.from(one.key, 'base64'))
    // Of version 1, which says what is owned, some clients write version 0 with another number.
    const short = Buffer.from([0, 1, 0, 0, 0, 1, 0, 1, 0x74, 0xff, 0xff, 0xff, 0xff])
    const half = Buffer.concat([short, Buffer.from([0, 0, 0, 2, 0, 1])])
    const subscriptionOf = (bytes: Buffer) => {
      const value = readInternalValue(key.of, Buffer.from(one.value, 'base64'))
      const [member] = value.fields!['members'] as Fields[]
      member!['subscription'] = said('subscription', bytes)
      const tree = asKafkaWrites(valueTree(key.of, value)) as { data: { members: { subscription: unknown }[] } }
      expect(parseExactly(valueJson(key.of, value))).toEqual(parseExactly(jsonOf(valueTree(key.of, value))))
      return tree.data.members[0]!.subscription
    }
    expect(subscriptionOf(short)).toEqual({ version: 1, topics: ['t'], userData: null, missing: ['ownedPartitions'] })
    expect(subscriptionOf(half)).toMatchObject({ topics: ['t'], missing: ['ownedPartitions'], trailing: 'AAAAAgAB' })
    // Of which nothing can be read stays as it is.
    expect(subscriptionOf(Buffer.from([0, 1, 0, 0]))).toBe('AAEAAA==')
  })
})
