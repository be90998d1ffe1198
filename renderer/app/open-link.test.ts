import { describe, expect, it } from 'vitest'
import type { ConnectionState, ProfileEntry } from '#shared/contract/connections.ts'
import { newProfile } from '#shared/model/profile.ts'
import { linkTarget, messagesOf } from './open-link.ts'

const entry = (id: string, name: string): ProfileEntry => ({
  profile: newProfile(id, { name }),
  stored: [],
  registryStored: [],
  warnings: [],
})
const state = (connectionId: string, status: ConnectionState['status']) =>
  ({ [connectionId]: { connectionId, status } }) as unknown as Record<string, ConnectionState>

const url = 'seekline://prod/orders/3/42'

describe('a link', () => {
  it('opens at once only where its profile is connected', () => {
    const target = linkTarget(url, [entry('p1', 'prod'), entry('p2', 'test')], state('p1', 'connected'))
    expect(target).toMatchObject({ kind: 'open', connectionId: 'p1' })
    expect(target.kind === 'open' && messagesOf(target.link, target.connectionId)).toEqual({
      connectionId: 'p1',
      topic: 'orders',
      partition: 3,
      offset: 42n,
    })
  })

  it.each(['failed', 'closed'] as const)('asks before it connects (%s)', (status) => {
    expect(linkTarget(url, [entry('p1', 'prod')], {})).toMatchObject({ kind: 'connect', profile: { id: 'p1' } })
    expect(linkTarget(url, [entry('p1', 'prod')], state('p1', status))).toMatchObject({ kind: 'connect' })
  })

  it('finds a profile whatever case a system makes of its name, and asks where two fit', () => {
    expect(linkTarget(url, [entry('p1', 'Prod')], {})).toMatchObject({ kind: 'connect' })
    const target = linkTarget(
      url,
      [entry('p1', 'Prod'), entry('p2', 'prod'), entry('p3', 'x')],
      state('p1', 'connected'),
    )
    expect(target).toMatchObject({ kind: 'choose', profiles: [{ id: 'p1' }, { id: 'p2' }] })
  })

  it('asks which is meant where none bears the name, though one be connected', () => {
    const target = linkTarget(url, [entry('p1', 'orders-eu')], state('p1', 'connected'))
    expect(target).toMatchObject({ kind: 'choose', profiles: [{ id: 'p1' }] })
  })

  it('gets a sentence where it is malformed or nothing could be meant', () => {
    expect(linkTarget('seekline://x', [entry('p1', 'x')], {})).toMatchObject({ kind: 'bad' })
    expect(linkTarget(url, [], {})).toMatchObject({
      kind: 'bad',
      sentence: expect.stringContaining('“prod”') as string,
    })
  })
})
