import v8 from 'node:v8'
import vm from 'node:vm'
import { settled } from './wait-for.ts'

v8.setFlagsFromString('--expose-gc')
const gc = vm.runInNewContext('gc') as () => void

/** What is held after everything that can go has gone, bytes: the heap and what hangs on it. */
export async function heldBytes(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    gc()
    await settled(20)
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Bytes of this process as the system counts them. */
export function residentBytes(): number {
  return process.memoryUsage.rss()
}

/**
 * Milliseconds of processor time that this process spends on the work: what a person would wait for on a quiet machine. By the
 * clock it would be the time that others leave.
 */
export async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

/** The most processor time of a turn (`turnsDuring`), milliseconds. */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  return (await turnsDuring(work)).at(-1) ?? 0
}

/**
 * The processor time that this thread took between two of its own timers each time, in milliseconds, the shortest first: what
 * held everything else up, and cannot be blamed on who else was busy.
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
