import type { TestProject } from 'vitest/node'
import { startKafka } from '../../scripts/lib/kafka-cluster.ts'
import { startToolServer } from '../../scripts/lib/tool-server.ts'
import { startLending } from './lending.ts'

/** What every integration and e2e test may count on: one Kafka 4.4 node that all files share. */
interface SharedKafka {
  bootstrap: string
  /** Where its nodes' folders and logs are. */
  dir: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    kafka: SharedKafka
    /** The port of what lends the rest: see `lent.ts`. */
    lending: number
  }
}

/** Test files take topics and groups of their own names in it: two of them run at once and share all data. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [cluster, stopTools, lending] = await Promise.all([startKafka(), startToolServer(), startLending()])
  project.provide('kafka', { bootstrap: cluster.bootstrap, dir: cluster.dir })
  project.provide('lending', lending.port)
  return async () => {
    await Promise.all([cluster.stop(), stopTools(), lending.stop()])
  }
}
