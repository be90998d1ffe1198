import { describe, expect, it } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import { parseInput } from './parse-input.ts'

const complaint = (route: string, input: object): string => {
  const schema = contract[route as keyof typeof contract].input
  try {
    parseInput(schema, { connectionId: 'demo', ...input })
  } catch (error) {
    return (error as Error).message
  }
  return expect.unreachable(`${route} took it`)
}

describe('what a person can type wrongly', () => {
  const target = { at: 'log-start' }
  it.each([
    ['offsets.plan', { group: '', target }, 'group: must not be empty'],
    ['messages.browse', { topic: '', start: { at: 'high-watermark' }, direction: 'backward', limit: 10 }, 'topic: must not be empty'], // oxfmt-ignore
    ['messages.browse', { topic: 't', partitions: [-1], start: { at: 'high-watermark' }, direction: 'backward', limit: 10 }, 'partitions[0]: must be 0 or more'], // oxfmt-ignore
    ['messages.browse', { topic: 't', partitions: [1.5], start: { at: 'high-watermark' }, direction: 'backward', limit: 10 }, 'partitions[0]: must be a whole number'], // oxfmt-ignore
    ['messages.browse', { topic: 't', start: { at: 'high-watermark' }, direction: 'backward', limit: 0 }, 'limit: must be 1 or more'], // oxfmt-ignore
    ['offsets.plan', { target }, 'group: is missing; expected string'],
    ['offsets.peek', { positions: [] }, 'positions: needs at least one entry'],
  ])('%s %j says: %s', (route, input, text) => {
    const said = complaint(route, input)
    expect(said).toContain(text)
    expect(said).not.toMatch(/Too (small|big)|>=|<=|Invalid input/)
  })
})
