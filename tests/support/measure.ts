import v8 from 'node:v8'
import vm from 'node:vm'
import { settled } from './wait-for.ts'

v8.setFlagsFromString('--expose-gc')
const gc = vm.runInNewContext('gc') as () => void

/** Memory after garbage collection, in bytes: the heap and the buffers that it holds. */
export async function heldBytes(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    gc()
    await settled(20)
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** The memory of this process as the system counts it, in bytes. */
export function residentBytes(): number {
  return process.memoryUsage.rss()
}

/**
 * Milliseconds of processor time that this process spends on the work: the time that a user would wait on a quiet machine. Clock
 * time depends on other programs.
 */
export async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

/** The same of this thread alone, for work that does not wait: another file may have left threads that still end. */
export function threadMs(work: () => unknown): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}

/** The longest turn (`turnsDuring`), in milliseconds of processor time. */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  return (await turnsDuring(work)).at(-1) ?? 0
}

/**
 * The processor times that this thread took between two of its own timers, in milliseconds, the shortest first: for these times it
 * blocked everything else, independently of other programs.
 */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number[]> {
  const turns: number[] = []
  let before = process.threadCpuUsage()
  // oxlint-disable-next-line no-restricted-globals -- it samples; nobody waits for it
  const sampler = setInterval(() => {
    const { user, system } = process.threadCpuUsage(before)
    before = process.threadCpuUsage()
    turns.push((user + system) / 1_000)
  }, 2)
  try {
    await work()
  } finally {
    clearInterval(sampler)
  }
  return turns.toSorted((a, b) => a - b)
}
