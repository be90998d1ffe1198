import fs from 'node:fs/promises'
import path from 'node:path'
import { startKafka, type RunningKafka, type KafkaOptions } from '../lib/kafka-cluster.ts'
import type { NodePorts } from '../lib/kafka-config.ts'
import { isFree } from '../lib/ports.ts'
import type { WireClient } from '../lib/wire-client.ts'
import { fill } from './fill.ts'

export interface DemoClusters {
  demo: RunningKafka
  target: RunningKafka
  /** The app's data folder for the demo, separate from the user's own profiles. */
  home: string
}

/** Raised when the sample data changes, so that the data of an older demo is filled again. */
const dataFormat = 1

interface DemoState {
  format: number
  ports: { demo: NodePorts[]; target: NodePorts[] }
}

/** Starts both clusters on the data of an earlier run if that was filled completely, otherwise on empty folders. */
export async function startClusters(folder: string, endings: (() => Promise<unknown>)[]): Promise<DemoClusters> {
  const state = await readState(folder)
  if (state === undefined) await fs.rm(folder, { recursive: true, force: true, maxRetries: 5 })
  const start = async (name: 'demo' | 'target', heapMb: number, properties: Record<string, string>) => {
    const ports = state?.ports[name]
    const options: KafkaOptions = { dataDir: path.join(folder, name), heapMb, properties }
    // With the same ports, addresses that somebody noted stay valid; if one has been taken since, only that is lost.
    const cluster = await startKafka(ports && (await allFree(ports)) ? { ...options, ports } : options)
    endings.push(() => cluster.stop())
    return cluster
  }
  const [demo, target] = await Promise.all([
    // A transaction may stay open as long as somebody looks at it.
    start('demo', 512, { 'transaction.max.timeout.ms': '86400000' }),
    start('target', 256, {}),
  ])
  return { demo, target, home: path.join(folder, 'home') }
}

export async function fillOnce(
  folder: string,
  clusters: DemoClusters,
  client: WireClient,
  say: (line: string) => void,
) {
  const state = await readState(folder)
  if (state === undefined) {
    say('Filling in sample data.')
    await fill(client, Date.now())
  }
  const { demo, target } = clusters
  const now: DemoState = { format: dataFormat, ports: { demo: demo.ports, target: target.ports } }
  // Written last: an interrupted fill is started again.
  await fs.writeFile(stateFile(folder), JSON.stringify(now))
}

async function readState(folder: string): Promise<DemoState | undefined> {
  try {
    const state = JSON.parse(await fs.readFile(stateFile(folder), 'utf8')) as DemoState
    return state.format === dataFormat ? state : undefined
  } catch {
    return undefined
  }
}

function stateFile(folder: string): string {
  return path.join(folder, 'state.json')
}

async function allFree(ports: NodePorts[]): Promise<boolean> {
  const free = await Promise.all(ports.flatMap((node) => Object.values(node)).map((port) => isFree(port)))
  return free.every(Boolean)
}
