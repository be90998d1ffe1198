import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { contract } from '#shared/contract/index.ts'
import type { Extent } from '#shared/contract/extent.ts'
import { createRouter } from '../rpc/router.ts'
import { runShell } from './run-shell.ts'

// The exit code is all that a script sees unless it reads the answer.

const error = { code: 'kafka.denied', message: 'No.', retryable: false } as const
const position = (status: string) => ({ topic: 't', partition: 0, topicId: null, status })
const applied = (...statuses: string[]) => ({ rows: statuses.map(position) })
const receipt = (outcome: string, copied: bigint) => ({ outcome, copied })

const cases: [keyof typeof contract, unknown, Extent][] = [
  ['offsets.apply', applied('confirmed', 'same', 'overwrote'), 'all'],
  ['offsets.apply', applied(), 'all'],
  ['offsets.apply', applied('confirmed', 'conflict'), 'partly'],
  ['offsets.apply', applied('confirmed', 'unknown'), 'partly'],
  ['offsets.apply', applied('refused', 'same'), 'partly'],
  ['offsets.apply', applied('refused', 'refused'), 'none'],
  ['offsets.apply', applied('superseded'), 'none'],
  ['offsets.plan', { ...applied('change', 'same'), refusal: null, failures: [] }, 'all'],
  ['offsets.plan', { ...applied('change', 'refused'), refusal: null, failures: [] }, 'partly'],
  ['offsets.plan', { ...applied('change'), refusal: null, failures: [error] }, 'partly'],
  ['offsets.plan', { ...applied('refused'), refusal: null, failures: [] }, 'none'],
  ['offsets.plan', { ...applied('change'), refusal: error, failures: [] }, 'none'],
  ['offsets.planUndo', { ...applied('refused'), refusal: null, failures: [] }, 'none'],
  ['offsets.peek', { items: [{ next: { kind: 'none' } }, { next: { kind: 'failed' } }] }, 'partly'],
  ['replay.plan', { rows: [{}, { error }], refusal: null }, 'partly'],
  ['replay.plan', { rows: [{}], refusal: error }, 'none'],
  ['replay.run', receipt('complete', 5n), 'all'],
  ['replay.run', receipt('partial', 5n), 'partly'],
  ['replay.run', receipt('failed', 5n), 'partly'],
  ['replay.run', receipt('cancelled', 1n), 'partly'],
  ['replay.run', receipt('failed', 0n), 'none'],
  ['topics.list', { items: [], failures: [] }, 'all'],
  ['topics.list', { items: [], failures: [error] }, 'none'],
  ['topics.list', { items: [{}], failures: [error] }, 'partly'],
  ['groups.list', { items: [], failures: [error], note: null }, 'none'],
  ['messages.browse', { bounds: [{ partition: 0 }, { partition: 1 }], failures: [{ partition: 1 }] }, 'partly'],
  ['messages.browse', { bounds: [{ partition: 1 }], failures: [{ partition: 1 }] }, 'none'],
  ['messages.tail', { reason: 'failed', forward: [] }, 'none'],
  [
    'messages.scan',
    { reason: 'end', ledger: { parts: [{ from: 0n, to: 5n, covered: [{ from: 0n, to: 5n }] }] }, failures: [] },
    'all',
  ],
  ['messages.scan', { reason: 'end', ledger: { parts: [{ from: 5n, to: 5n, covered: [] }] }, failures: [] }, 'all'],
  [
    'messages.scan',
    { reason: 'limit', ledger: { parts: [{ from: 0n, to: 5n, covered: [{ from: 0n, to: 3n }] }] }, failures: [] },
    'partly',
  ],
  [
    'messages.scan',
    { reason: 'end', ledger: { parts: [{ from: 0n, to: 5n, covered: [] }] }, failures: [error] },
    'none',
  ],
  ['messages.ledger', { ledger: { parts: [{}] }, failures: [error] }, 'partly'],
  ['connections.test', { error }, 'none'],
  ['produce.plan', { refusal: null, bad: { total: 1 } }, 'partly'],
  ['produce.apply', { outcome: 'complete', written: 5n }, 'all'],
  ['produce.apply', { outcome: 'unknown', written: 5n }, 'partly'],
  ['produce.apply', { outcome: 'unknown', written: 0n }, 'none'],
  ['produce.check', { bytes: null }, 'none'],
  ['connections.test', { error: null }, 'all'],
  ['profiles.save', { notKept: ['password'], registryNotKept: [] }, 'partly'],
]

describe('how much of it was done', () => {
  it.each(cases)('is known of %s', (route, output, extent) => {
    expect(contract[route].extent?.(output as never)).toBe(extent)
  })

  it('is stated by every route whose answer can be a part of what was asked for', () => {
    const parts = new Set(['failures', 'damaged', 'outcome', 'refusal', 'error', 'notKept'])
    const silent = Object.entries(contract).flatMap(([name, def]) => {
      const answer = def.kind === 'route' ? def.output : def.done
      const fields = answer instanceof z.ZodObject ? Object.keys(answer.shape) : []
      return fields.some((field) => parts.has(field)) && def.extent === undefined ? [name] : []
    })
    expect(silent).toEqual([])
  })

  it.each<[Extent, number]>([
    ['all', 0],
    ['none', 1],
    ['partly', 3],
  ])('%s ends with code %d', async (extent, code) => {
    const made = {
      'test.run': {
        kind: 'route' as const,
        input: z.strictObject({}),
        output: z.strictObject({ got: z.string() }),
        effect: 'read' as const,
        writes: [],
        shown: undefined,
        extent: () => extent,
      },
    }
    const router = createRouter({
      contract: made,
      services: { 'test.run': () => Promise.resolve({ got: 'x' }) } as never,
      access: { modeOf: () => undefined },
    })
    const printed: string[] = []
    const exit = await runShell({
      argv: ['test.run'],
      contract: made,
      app: () => Promise.resolve({ router, openFor: () => Promise.reject(new Error('not asked for')) }),
      print: (line) => Promise.resolve(void printed.push(line)),
      printError: (line) => Promise.resolve(void printed.push(line)),
      stdin: process.stdin,
      signal: new AbortController().signal,
    })
    expect(exit).toBe(code)
    expect(printed).toEqual(['{"got":"x"}'])
  })
})
