import { grouped } from './offsets/plan-sentence.ts'

/** Sizes and durations in the words of a sentence. */
export function bytesText(bytes: bigint): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = Number(bytes)
  let unit = 0
  for (; value >= 1_000 && unit < units.length - 1; unit++) value /= 1_000
  return unit === 0
    ? `${value} ${value === 1 ? 'byte' : 'bytes'}`
    : `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`
}

/** A duration from a setting, in words. */
export function durationText(ms: bigint): string {
  const steps: [bigint, string][] = [
    [86_400_000n, 'day'],
    [3_600_000n, 'hour'],
    [60_000n, 'minute'],
    [1_000n, 'second'],
  ]
  for (const [size, name] of steps) if (ms >= size) return count(Number(ms / size), name)
  return `${ms} ms`
}

export function count(n: number, one: string): string {
  return `${grouped(n)} ${one}${n === 1 ? '' : 's'}`
}
