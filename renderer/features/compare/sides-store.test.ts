import { describe, expect, it } from 'vitest'
import { settled, until } from '../../../tests/support/wait-for.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createSidesStore } from './sides-store.ts'

const id = 'eu' as ConnectionId
const group = (name: string) => ({ kind: 'group' as const, group: name })

/** Sides are groups without positions; `silent` ones are never answered. */
function sides(silent: readonly string[] = []) {
  const asked: string[] = []
  const openStream = (_route: string, { groups: [name] }: { groups: [string] }) => {
    asked.push(name)
    if (silent.includes(name)) return new Promise(() => undefined)
    return Promise.resolve({ clusterId: 'c', takenAt: 1n, notes: [], failures: [] })
  }
  const api = { openStream } as unknown as StoreApiPort
  const store = createSidesStore(() => ({ api, nameOf: () => 'eu', isOpen: () => true, zone: 'utc' }), id)
  const names = () => {
    const { left, right } = store.getState().sides
    return [left.value?.side.name, right.value?.side.name]
  }
  return { store, asked, names }
}

describe('two sides', () => {
  it('show no comparison of what was chosen before', async () => {
    const { store } = sides(['late'])
    store.start({ left: group('a'), right: group('b') })
    await until('both are compared', () => store.getState().comparison)
    store.setMeasure('lag')
    store.change('right', group('late'))
    await settled()
    expect(store.getState().comparison).toBeUndefined()

    store.start({ left: group('a'), right: group('b') })
    await until('both are compared again', () => store.getState().comparison)
    store.setMeasure('lag')
    store.start({ left: group('late'), right: group('late') })
    await settled()
    expect(store.getState().comparison).toBeUndefined()
    store.stop()
  })

  it('are both read when they are swapped before the changed one is asked for', async () => {
    const { store, asked, names } = sides()
    store.start({ left: group('a'), right: group('b') })
    await until('both are compared', () => store.getState().comparison)
    store.change('right', group('d'))
    store.swap()
    await until('both are there', () => store.getState().comparison)
    expect(names()).toEqual(['d on eu, now', 'a on eu, now'])
    expect(asked).toEqual(['a', 'b', 'd'])
    store.stop()
  })
})
