import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startApicurio, type ApicurioVersion, type RunningApicurio } from '../../scripts/lib/apicurio.ts'
import { startKafka } from '../../scripts/lib/kafka-cluster.ts'

/** What test files share besides the shared node; each file uses its own names in it. */
export interface LentKinds {
  /** Another cluster of one node. */
  second: { bootstrap: string; dir: string }
  /** null: no installed Java is new enough for it. */
  '2.6.13.Final': SharedRegistry | null
  '3.3.3': SharedRegistry | null
}

export type SharedRegistry = Omit<RunningApicurio, 'stop'>

interface Owned<T> {
  told: T
  stop?(): Promise<void>
}

const registry = async (version: ApicurioVersion): Promise<Owned<SharedRegistry | null>> => {
  const started = await startApicurio(version)
  if (started === null) return { told: null }
  const { stop, ...told } = started
  return { told, stop }
}

const starts: { [Kind in keyof LentKinds]: () => Promise<Owned<LentKinds[Kind]>> } = {
  second: async () => {
    const { bootstrap, dir, stop } = await startKafka()
    return { told: { bootstrap, dir }, stop }
  },
  '2.6.13.Final': () => registry('2.6.13.Final'),
  '3.3.3': () => registry('3.3.3'),
}

/**
 * Starts each of them when a file first asks for it (`lent.ts`), over a local port, in a process that outlives the
 * file's. A start takes five to ten seconds of processor time: in ten files, more than their tests.
 */
export async function startLending(): Promise<{ port: number; stop(): Promise<void> }> {
  const owned = new Map<string, Promise<Owned<unknown>>>()
  const begun = (kind: keyof LentKinds): Promise<Owned<unknown>> => {
    const known = owned.get(kind) ?? starts[kind]()
    owned.set(kind, known)
    return known
  }
  const server = createServer((asked, answer) => {
    const kind = (asked.url ?? '').slice(1)
    if (!(kind in starts)) return void answer.writeHead(404).end()
    begun(kind as keyof LentKinds).then(
      ({ told }) => answer.end(JSON.stringify(told)),
      (error: unknown) => answer.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      const all = await Promise.allSettled(owned.values())
      await Promise.all(all.map(async (one) => (one.status === 'fulfilled' ? one.value.stop?.() : undefined)))
    },
  }
}
