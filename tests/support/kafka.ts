import { startKafka } from '../../scripts/lib/kafka-cluster.ts'

export { startKafka } from '../../scripts/lib/kafka-cluster.ts'
export type { RunningKafka } from '../../scripts/lib/kafka-cluster.ts'

/** Three nodes with every listener, SASL, TLS and ACLs: the cluster for connection and failure tests. */
export async function startSecureKafka() {
  const cluster = await startKafka({ nodes: 3, security: true })
  if (!cluster.certificates) throw new Error('A secure cluster has certificates.')
  return { ...cluster, certificates: cluster.certificates }
}
