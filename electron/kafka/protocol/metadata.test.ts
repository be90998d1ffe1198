import { expect, test } from 'vitest'
import { MetadataIndex } from '../metadata-index.ts'
import { decodeAnswer, decodeBody } from './api.ts'
import { metadata } from './metadata.ts'
import { inSlices } from './slices.ts'
import { Writer } from './writer.ts'

// Answers of a broker that has, or claims to have, more than any other.

/** A Metadata answer (v12); each topic with so many partitions. */
function answer(topics: { name: string; partitions: number }[]): Uint8Array {
  const w = new Writer(true)
  w.tags()
  w.int32(0)
  w.array([1], (id) => w.int32(id).string('localhost').int32(9092).nullableString(null).tags())
  w.nullableString('cluster')
  w.int32(1)
  w.array(topics, ({ name, partitions }) => {
    w.int16(0).nullableString(name).uuid(null).boolean(false)
    w.array(
      Array.from({ length: partitions }, (_, i) => i),
      (partition) => {
        w.int16(0).int32(partition).int32(1).int32(0)
        for (const ids of [[1, 2, 3], [1, 2, 3], []]) w.array(ids, (id) => w.int32(id))
        w.tags()
      },
    )
    w.int32(-2147483648)
    w.tags()
  })
  w.tags()
  return w.bytes()
}

const request = { topics: null }

test('a large answer says the same in slices as at one go', async () => {
  const bytes = answer([
    { name: 'a', partitions: 6_000 },
    { name: 'b', partitions: 3 },
    { name: 'none', partitions: 0 },
  ])
  expect(await decodeAnswer(metadata, 12, request, bytes)).toEqual(decodeBody(metadata, 12, request, bytes))
})

test('a topic that claims more partitions than there can be costs one row', async () => {
  const bytes = answer([
    { name: 'before', partitions: 2 },
    { name: 'absurd', partitions: 250_000 },
    { name: 'after', partitions: 2 },
  ])
  const { topics } = await decodeAnswer(metadata, 12, request, bytes)
  expect(topics.map(({ name, partitions, claims }) => [name, partitions.length, claims])).toEqual([
    ['before', 2, undefined],
    ['absurd', 0, 250_000],
    ['after', 2, undefined],
  ])
})

test('a hundred thousand topics are decoded and indexed without holding everything else up', async () => {
  const bytes = answer(Array.from({ length: 100_000 }, (_, i) => ({ name: `topic-${i}`, partitions: 1 })))
  const index = new MetadataIndex()
  let turns = 0
  let isOver = false
  const turn = (): void => {
    turns++
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  await inSlices(index.apply(await decodeAnswer(metadata, 12, request, bytes), true))
  isOver = true
  expect(index.topics.size).toBe(100_000)
  expect(index.topic('topic-99999')?.partitions).toHaveLength(1)
  // The loop turned in between: at one go it would not have.
  expect(turns).toBeGreaterThan(1)
})

test('equal partitions of an answer are one object, and a topic whose leader is known better changes no other', async () => {
  const bytes = answer(Array.from({ length: 3 }, (_, i) => ({ name: `topic-${i}`, partitions: 1 })))
  const index = new MetadataIndex()
  await inSlices(index.apply(await decodeAnswer(metadata, 12, request, bytes), true))
  const known = index.topic('topic-0')!
  expect(index.topic('topic-1')!.partitions).toBe(known.partitions)
  const elected = { ...known.partitions[0]!, leader: 2, leaderEpoch: 9 }
  const told = await decodeAnswer(metadata, 12, request, answer([]))
  await inSlices(index.apply({ ...told, topics: [{ ...known, partitions: [elected] }] }, false))
  await inSlices(index.apply(await decodeAnswer(metadata, 12, request, bytes), true))
  expect(index.partition('topic-0', 0)).toMatchObject({ leader: 2, leaderEpoch: 9 })
  expect(index.partition('topic-1', 0)).toMatchObject({ leader: 1, leaderEpoch: 0 })
})
