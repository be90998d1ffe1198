import type { TestProject } from 'vitest/node'
import { startKafka } from '../../scripts/lib/kafka-cluster.ts'
import { startToolServer } from '../../scripts/lib/tool-server.ts'
import { startLending } from './lending.ts'

/** The one Kafka 4.4 node that all integration and e2e tests share. */
interface SharedKafka {
  bootstrap: string
  /** The folder with its nodes' folders and logs. */
  dir: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    kafka: SharedKafka
    /** The port at which `lent.ts` requests other shared programs. */
    lending: number
  }
}

/** Test files use their own names of topics and groups in it: several of them run at once and share all data. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [cluster, stopTools, lending] = await Promise.all([startKafka(), startToolServer(), startLending()])
  project.provide('kafka', { bootstrap: cluster.bootstrap, dir: cluster.dir })
  project.provide('lending', lending.port)
  return async () => {
    await Promise.all([cluster.stop(), stopTools(), lending.stop()])
  }
}
