import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BlockLog, type BlockPlace, lastBlock } from './block-log.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seekline-blocks-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const contents = Array.from({ length: 20 }, (_, i) => Buffer.from(`block ${i} ${'x'.repeat((i * 97) % 300)}`))

async function written(name: string): Promise<{ path: string; ends: number[] }> {
  const path = join(folder, name)
  const log = await BlockLog.create(path)
  const ends: number[] = []
  // At the same time: none may come between the bytes of another.
  await Promise.all(contents.map((content) => log.append(content).then(() => ends.push(log.bytes))))
  await log.close()
  return { path, ends }
}

async function read(path: string): Promise<string[]> {
  const log = await BlockLog.open(path)
  const found: string[] = []
  const places: BlockPlace[] = []
  await log.news((content, place) => {
    found.push(Buffer.from(content).toString())
    places.push(place)
    return true
  })
  for (const [i, place] of places.entries()) expect(Buffer.from(await log.read(place)).toString()).toBe(found[i])
  await log.close()
  return found
}

const texts = contents.map(String)

describe('a log of blocks', () => {
  it('has all that was appended, in order, and its last block from the end', async () => {
    const { path } = await written('whole')
    expect(await read(path)).toEqual(texts)
    expect(String(Buffer.from((await lastBlock(path))!))).toBe(texts.at(-1))
  })

  it('that was cut anywhere has each block whole or not at all, and goes on behind the last whole one', async () => {
    const { path, ends } = await written('cut')
    const whole = await readFile(path)
    for (let length = 1; length < whole.length; length += 7) {
      await writeFile(path, whole.subarray(0, length))
      const count = ends.filter((end) => end <= length).length
      expect(await read(path)).toEqual(texts.slice(0, count))
      // Where a block ends, that one is the last.
      const last = ends.includes(length) ? texts[count - 1] : undefined
      const found = await lastBlock(path)
      expect([length, found === null ? undefined : String(Buffer.from(found))]).toEqual([length, last])
    }
    await truncate(path, ends[4]! + 9)
    const log = await BlockLog.open(path)
    await log.news(() => true)
    await log.cut()
    await log.append(Buffer.from('after'))
    await log.close()
    expect(await read(path)).toEqual([...texts.slice(0, 5), 'after'])
  })

  it('takes nothing that is damaged, made of zeros or of anything else for a block', async () => {
    const { path, ends } = await written('damaged')
    const whole = await readFile(path)
    for (let at = 0; at < whole.length; at += 11) {
      const spoilt = Buffer.from(whole)
      spoilt[at]! ^= 0x55
      await writeFile(path, spoilt)
      const count = ends.filter((end) => end <= at).length
      const found = await read(path)
      // The length behind a block is not looked at from its beginning.
      expect([at, found.slice(0, count)]).toEqual([at, texts.slice(0, count)])
      expect(found.every((text) => texts.includes(text))).toBe(true)
    }
    await writeFile(path, whole)
    await appendFile(path, Buffer.alloc(4_096))
    expect(await read(path)).toEqual(texts)
    await writeFile(path, 'no log at all, but text')
    expect([await read(path), await lastBlock(path)]).toEqual([[], null])
  })

  it('tells who reads what another has appended meanwhile', async () => {
    const path = join(folder, 'shared')
    const [writer, reader] = [await BlockLog.create(path), await BlockLog.open(path)]
    const news = async (): Promise<string[]> => {
      const found: string[] = []
      await reader.news((content) => found.push(String(Buffer.from(content))) > 0)
      return found
    }
    await writer.append(contents[0]!)
    expect(await news()).toEqual([texts[0]])
    expect(await news()).toEqual([])
    await writer.append(contents[1]!)
    await writer.append(contents[2]!)
    expect(await news()).toEqual([texts[1], texts[2]])
    await Promise.all([writer.close(), reader.close()])
  })

  it('tells each block once, however many ask while it is appended', async () => {
    const path = join(folder, 'at-once')
    const [log, other] = [await BlockLog.create(path), await BlockLog.open(path)]
    const told: string[] = []
    const take = (content: Uint8Array): boolean => told.push(String(Buffer.from(content))) > 0
    await other.append(contents[0]!)
    // What it appended itself is no news to who did.
    await Promise.all([log.news(take), log.news(take), log.append(contents[1]!), log.news(take)])
    expect(told).toEqual([texts[0]])
    await Promise.all([log.close(), other.close()])
  })
})
