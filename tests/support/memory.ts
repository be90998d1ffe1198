import { setTimeout as sleep } from 'node:timers/promises'
import v8 from 'node:v8'
import vm from 'node:vm'

v8.setFlagsFromString('--expose-gc')
const gc = vm.runInNewContext('gc') as () => void

/** What is held after everything that can go has gone, bytes: the heap and what hangs on it. */
export async function heldBytes(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    gc()
    await sleep(20)
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
