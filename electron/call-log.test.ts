import { describe, expect, it } from 'vitest'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ErrorCode } from '#shared/errors.ts'
import { logCalls, logConnections } from './call-log.ts'
import type { Log } from './storage/log.ts'

const capture = () => {
  const lines: string[] = []
  const log: Log = {
    write: (level, area, text) => void lines.push(`${level} ${area}: ${text}`),
    flush: () => Promise.resolve(),
  }
  return { lines, log }
}

const entry = (route: string, code?: ErrorCode, message = 'because') => ({
  route,
  transport: 'ipc' as const,
  milliseconds: 12,
  ...(code === undefined ? {} : { error: { code, message, retryable: false } }),
})

describe('the log of calls', () => {
  it('has what failed and what was slow, and not what a person cancelled or merely looked at', () => {
    const { lines, log } = capture()
    const write = logCalls(log)
    write(entry('topics.list'))
    write(entry('topics.list', 'call.cancelled'))
    write({ ...entry('messages.tail'), milliseconds: 90_000 })
    write({ ...entry('topics.list'), milliseconds: 3_000 })
    write(entry('groups.list', 'kafka.unauthorised'))
    expect(lines).toEqual([
      'info slow: topics.list by ipc after 3000 ms',
      'warn call: groups.list by ipc after 12 ms: kafka.unauthorised because',
    ])
  })

  it('never has what a record holds, though a decoder’s message quotes it', () => {
    const { lines, log } = capture()
    const write = logCalls(log)
    const quoting = 'Unexpected token, "card 4111…" is not valid JSON'
    write(entry('messages.browse', 'records.corrupt', quoting))
    write(entry('messages.record', 'internal', quoting))
    write(entry('replay.run', 'internal', quoting))
    expect(lines).toHaveLength(3)
    expect(lines.join()).not.toContain('4111')
  })
})

describe('the log of connections', () => {
  it('has each change of state once', () => {
    const { lines, log } = capture()
    const write = logConnections(log)
    const state = { connectionId: 'p', name: 'prod', reason: null, clusterId: 'c', kafkaVersion: '4.3' }
    const at = (status: string, reason: unknown = null) =>
      write({ ...state, status, reason } as unknown as ConnectionState)
    at('connecting')
    at('connected')
    at('connected')
    at('reconnecting', { code: 'connect.lost', message: 'The broker went away.' })
    at('reconnecting', { code: 'connect.lost', message: 'The broker went away.' })
    at('closed')
    expect(lines).toEqual([
      'info connection: prod connecting',
      'info connection: prod connected (cluster c, Kafka 4.3)',
      'warn connection: prod reconnecting: connect.lost The broker went away.',
      'info connection: prod closed',
    ])
  })
})
