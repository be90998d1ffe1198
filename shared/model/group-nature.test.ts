import { describe, expect, it } from 'vitest'
import { groupNature, natureSentence, natureWord } from './group-nature.ts'

const classic = { type: 'classic' as const, protocolType: 'consumer' }
const members = (...ids: string[]) => ids.map((clientId) => ({ clientId }))

describe('what a group is', () => {
  it('is told of a sink connector by its tasks’ client ids, and by its name where none is there', () => {
    const tasks = members('connector-consumer-jdbc-sink-0', 'connector-consumer-jdbc-sink-11')
    const sure = groupNature({ ...classic, group: 'custom', members: tasks })
    expect(sure).toEqual({ kind: 'connect-sink', connector: 'jdbc-sink', isSure: true })
    const named = groupNature({ ...classic, group: 'connect-jdbc-sink', members: [] })
    expect(named).toEqual({ kind: 'connect-sink', connector: 'jdbc-sink', isSure: false })
    expect(natureWord(named!)).toBe('by its name Connect sink jdbc-sink')
    expect(natureSentence(sure!)).toContain('PUT /connectors/jdbc-sink/stop')
    // Ordinary consumers in a group of such a name, and tasks of two connectors in one group.
    expect(groupNature({ ...classic, group: 'connect-to-home', members: members('app-1') })).toBeNull()
    const mixed = members('connector-consumer-a-0', 'connector-consumer-b-0')
    expect(groupNature({ ...classic, group: 'custom', members: mixed })).toBeNull()
  })

  it('is told of workers, registries and groups that only commit by their protocol', () => {
    const of = (protocolType: string, type: 'classic' | 'unknown' | 'share' = 'classic') =>
      groupNature({ group: 'g', type, protocolType, members: [] })?.kind
    expect([of('connect'), of('sr'), of(''), of('consumer')]).toEqual(['connect-workers', 'schema-registry', 'simple', undefined]) // oxfmt-ignore
    // Of what brokers do not tell nothing is claimed.
    expect([of('', 'unknown'), of('share', 'share')]).toEqual([undefined, undefined])
  })
})
