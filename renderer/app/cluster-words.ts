import type { ConnectionState } from '#shared/contract/connections.ts'

/** How many brokers there are, only while one of them answers: older numbers may be wrong. */
export function clusterWords({
  status,
  brokers,
  kafkaVersion,
}: Pick<ConnectionState, 'status' | 'brokers' | 'kafkaVersion'>): string {
  if (status === 'reconnecting') return 'No broker answers; reconnecting'
  if (status === 'failed') return 'Not connected'
  if (status !== 'connected' || brokers === null) return `${status}…`
  return `${brokers} ${brokers === 1 ? 'broker' : 'brokers'}${kafkaVersion === null ? '' : ` · Kafka ${kafkaVersion}`}`
}
