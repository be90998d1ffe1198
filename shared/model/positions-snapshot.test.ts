import { describe, expect, it } from 'vitest'
import { MOST_SNAPSHOT_CHARS, readingSnapshot, snapshotLines, type Snapshot } from './positions-snapshot.ts'

const position = { group: 'billing', topic: 'orders', topicId: 'AAAAAAAAAAAAAAAAAAAAAA', partition: 0, offset: 9_007_199_254_740_993n, leaderEpoch: -1, metadata: 'line\nfeed "quoted" ünï', logStart: 0n, highWatermark: null } // oxfmt-ignore
const snapshot: Snapshot = {
  clusterId: 'one',
  profile: 'Staging',
  takenAt: 1_700_000_000_000n,
  notes: ['2 share groups are not among them.'],
  groups: [
    { group: 'billing', type: 'consumer', state: 'Empty' },
    { group: 'none, yet', type: 'classic', state: 'Stable' },
  ],
  positions: [position, { ...position, partition: 1, offset: 0n, logStart: null }],
}
const textOf = (of: Snapshot): string => [...snapshotLines(of)].join('')
function read(text: string): Snapshot | string {
  const steps = readingSnapshot(text)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
const lines = textOf(snapshot).trimEnd().split('\n')
const joined = (...of: (string | undefined)[]) => read(of.join('\n'))

describe('a snapshot in a file', () => {
  it('comes back as it was, to the last digit', () => {
    expect(read(textOf(snapshot))).toEqual(snapshot)
    expect(read(`\uFEFF${textOf(snapshot).replaceAll('\n', '\r\n\r\n')}`)).toEqual(snapshot)
  })

  it('leaves out positions that mean none', () => {
    const odd = { ...snapshot, positions: [position, { ...position, partition: 7, offset: -1n }] }
    expect(read(textOf(odd))).toMatchObject({ positions: [position] })
  })

  it('is told from other files, and from newer ones', () => {
    for (const text of ['billing,orders,0,1\n', '{}', '[1]', 'null', '{"kind":"seekline.anchors","version":1}', '\0']) {
      expect(read(text)).toBe('This is no snapshot of positions: its first line is not the head of one.')
    }
    expect(read('')).toBe('The file is empty.')
    expect(joined(lines[0]?.replace('"version":1', '"version":2'), ...lines.slice(1))).toContain('of version 2')
    expect(joined(lines[0]?.replace('Staging', 'x'.repeat(1_000)), ...lines.slice(1))).toBe('The head of the snapshot, in its first line, cannot be read.') // oxfmt-ignore
  })

  it('is not taken where it was cut off, or lines were lost, added or repeated', () => {
    expect(joined(...lines.slice(0, -1))).toContain('it was cut off')
    const text = textOf(snapshot)
    expect(read(text.slice(0, -20))).toContain('it was cut off')
    for (let at = 1; at < text.length - 2; at += 7) expect(read(text.slice(0, at))).toBeTypeOf('string')
    expect(joined(lines[0], lines[1], lines[3])).toContain('something was lost or added')
    expect(joined(lines[0], lines[1], lines[1], lines[3])).toContain('Line 3: the group “billing” is there twice.')
    expect(joined(...lines, lines[1])).toContain('follows the end')
    const twice = lines[1]!.replace('[1,"0"', '[0,"0"')
    expect(joined(lines[0], twice, lines[2], lines[3])).toContain('Line 2: “orders”, partition 0, is there twice')
  })

  it('says which line is no group, and never what stands there', () => {
    const spoilt: [string, string][] = [
      ['"9007199254740993"', '"-1"'],
      ['"9007199254740993"', '"9223372036854775808"'],
      ['"9007199254740993"', '12'],
      ['"9007199254740993"', '"0x10"'],
      ['[0,', '[-1,'],
      ['[0,', '[4294967296,'],
      ['"state"', '"__proto__"'],
      ['"orders"', '""'],
    ]
    for (const [what, instead] of spoilt) {
      expect(lines[1]).toContain(what)
      expect(joined(lines[0], lines[1]!.replace(what, instead), ...lines.slice(2))).toMatch(/^Line 2: it is no group with its positions \(.{1,90}\)\.$/) // oxfmt-ignore
    }
  })

  it('is bounded', () => {
    expect(read('x'.repeat(MOST_SNAPSHOT_CHARS + 1))).toContain('larger than 32 MiB')
    const deep = `${'['.repeat(200_000)}`
    expect(joined(lines[0], deep, lines[3])).toContain('Line 2')
    const many = Array.from({ length: 100_001 }, (_, i) => `[${i},"0",-1,"","0","0"]`).join(',')
    const group = (name: string) => `{"group":"${name}","type":"classic","state":"Empty","topics":[{"topic":"t","topicId":null,"positions":[${many}]}]}` // oxfmt-ignore
    expect(joined(lines[0], group('a'), group('b'))).toContain('more than 200000 positions')
  })
})
