import type { TestProject } from 'vitest/node'
import { startKafka } from '../../scripts/lib/kafka-cluster.ts'
import { startToolServer } from '../../scripts/lib/tool-server.ts'

/** What every integration and e2e test may count on: one Kafka 4.4 node that all files share. */
interface SharedKafka {
  bootstrap: string
  /** Where its nodes' folders and logs are. */
  dir: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    kafka: SharedKafka
  }
}

/** Test files take topics and groups of their own names in it: two of them run at once and share all data. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [cluster, stopTools] = await Promise.all([startKafka(), startToolServer()])
  project.provide('kafka', { bootstrap: cluster.bootstrap, dir: cluster.dir })
  return async () => {
    await Promise.all([cluster.stop(), stopTools()])
  }
}
