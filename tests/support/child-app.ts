// Started by tests as a process of its own: the app behind its loopback server, to be measured, damaged and killed. Its arguments
// are the data folder and, if a browser is to open it, the folder of the built page. It prints its address, and answers commands,
// one JSON object per line.
import { mkdtemp, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import type { Worker } from 'node:worker_threads'
import { createApp } from '../../electron/app-services.ts'
import { serveIpc } from '../../electron/rpc/ipc.ts'
import { startLoopback } from '../../electron/rpc/loopback-server.ts'
import { fakeIpc, fakeSender } from './fake-ipc.ts'
import { heldBytes } from './measure.ts'

const workers = new Set<Worker>()
process.on('worker', (worker: Worker) => {
  workers.add(worker)
  worker.once('exit', () => workers.delete(worker))
})

const app = await createApp({ dataDir: process.argv[2]! })
const root = process.argv[3] ?? (await emptyPage())
const server = await startLoopback({ router: app.router, root })
const ipc = fakeIpc()
const page = fakeSender('app://bundle')
serveIpc({ ipcMain: ipc.ipcMain, router: app.router, origin: 'app://bundle', isOurs: () => true })
const ports: { postMessage(value: unknown): void; close(): void }[] = []

/**
 * The main thread's processor time between two ticks of a timer, in ms, how late those ticks came, and the highest memory
 * use.
 */
const watch = { took: [] as number[], rss: 0, timer: undefined as NodeJS.Timeout | undefined }
const delay = monitorEventLoopDelay({ resolution: 5 })
const TICK_MS = 5

const commands: Record<string, (argument: unknown) => unknown> = {
  memory: async () => ({ held: await heldBytes(), rss: process.memoryUsage().rss }),
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000
  },
  watch: () => {
    let before = process.threadCpuUsage()
    watch.took = []
    delay.reset()
    delay.enable()
    watch.rss = process.memoryUsage.rss()
    // oxlint-disable-next-line no-restricted-globals -- it samples, and nothing waits for it
    watch.timer = setInterval(() => {
      const { user, system } = process.threadCpuUsage(before)
      before = process.threadCpuUsage()
      watch.took.push((user + system) / 1_000)
      watch.rss = Math.max(watch.rss, process.memoryUsage.rss())
    }, TICK_MS)
    return watch.rss
  },
  /** The measurements since `watch`. */
  seen: () => {
    clearInterval(watch.timer)
    delay.disable()
    const sorted = watch.took.toSorted((a, b) => a - b)
    return { p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0, delayP99: delay.percentile(99) / 1e6, rss: watch.rss }
  },
  killWorkers: async () => {
    const all = [...workers]
    await Promise.all(all.map((worker) => worker.terminate()))
    return all.length
  },
  /** A page that follows a topic from its start over IPC, grants all possible credit, and never reads. */
  openUnread: (argument) => {
    const { connectionId, topic, partitions } = argument as { connectionId: string; topic: string; partitions: number }
    const from = Array.from({ length: partitions }, (_, partition) => ({ partition, offset: 0n }))
    const request = { id: `unread-${ports.length}`, route: 'messages.tail', input: { connectionId, topic, from } }
    const port = ipc.sendPort('rpc:stream', page, request)
    port.postMessage({ type: 'credit', frames: 64 })
    ports.push(port)
    return ports.length - 1
  },
  cancelUnread: (index) => {
    ports[index as number]!.postMessage({ type: 'cancel' })
    return null
  },
  dropUnread: (index) => {
    ports[index as number]!.close()
    return null
  },
}

async function emptyPage(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'seekline-child-'))
  await writeFile(path.join(folder, 'index.html'), '<title>Seekline</title>')
  return folder
}

console.log(JSON.stringify({ port: server.port, token: server.token, url: server.url }))
for await (const line of createInterface({ input: process.stdin })) {
  const { command, argument } = JSON.parse(line) as { command: string; argument: unknown }
  console.log(JSON.stringify({ value: (await commands[command]!(argument)) ?? null }))
}
