import { describe, expect, it } from 'vitest'
import { describeSeekline, seeklineShape } from './seekline-model.ts'

const log = { logStart: 1_100_020n, highWatermark: 1_204_904n }
const words = (facts: Parameters<typeof describeSeekline>[0]) => describeSeekline(facts).replace(/\u202f/g, ' ')

describe('seekline', () => {
  it('says what a move back repeats and what a move ahead skips', () => {
    expect(words({ ...log, position: 1_204_110n, target: 1_101_877n })).toBe(
      'Log from 1 100 020 to 1 204 904; position 1 204 110; new position 1 101 877, repeats 102 233 offsets.',
    )
    expect(words({ ...log, position: 1_120_000n, target: 1_120_500n })).toContain('skips 500 offsets')
    expect(seeklineShape({ ...log, position: 1_204_110n, target: 1_101_877n }).span?.kind).toBe('repeat')
    expect(seeklineShape({ ...log, position: 1_120_000n, target: 1_120_500n }).span?.kind).toBe('skip')
  })

  it('draws what is out of range off the track, and says by how much', () => {
    const before = seeklineShape({ ...log, position: 12_004n })
    expect(before.position?.offTrack).toBe('before')
    expect(before.position!.at).toBeLessThan(before.trackStart)
    expect(words({ ...log, position: 12_004n })).toContain('1 088 016 before the log start')
    const after = seeklineShape({ ...log, position: 1_300_000n })
    expect(after.position!.at).toBeGreaterThan(after.trackEnd)
    expect(words({ ...log, position: 1_300_000n })).toContain('past the high watermark')
  })

  it('tells "none" from 0 and an end from an overrun', () => {
    expect(words({ ...log, position: null })).toContain('no position')
    expect(words({ logStart: 0n, highWatermark: 10n, position: 0n })).toContain('position 0')
    expect(seeklineShape({ ...log, position: log.highWatermark }).position?.offTrack).toBeUndefined()
  })

  it('keeps places exact beyond 2^53 and survives an empty log', () => {
    const start = 9_000_000_000_000_000_000n
    const shape = seeklineShape({ logStart: start, highWatermark: start + 4n, position: start + 2n })
    expect(shape.position?.at).toBeCloseTo(0.5)
    expect(words({ logStart: 5n, highWatermark: 5n, position: 5n })).toContain('The log is empty at 5')
    expect(Number.isFinite(seeklineShape({ logStart: 5n, highWatermark: 5n, position: 5n }).position!.at)).toBe(true)
  })
})
