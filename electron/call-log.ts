import type { ConnectionState } from '#shared/contract/connections.ts'
import type { CallLog } from './rpc/router.ts'
import type { Log } from './storage/log.ts'

const slowMs = 2_000

/** Logs calls that failed or took long: never their input or output. */
export function logCalls(log: Log): (entry: CallLog) => void {
  return ({ route, transport, milliseconds, error }) => {
    const took = `${route} by ${transport} after ${Math.round(milliseconds)} ms`
    if (error === undefined) {
      // Streams last as long as somebody looks at them.
      if (milliseconds > slowMs && !/(watch|events|tail|run|scan)$/i.test(route)) log.write('info', 'slow', took)
      return
    }
    if (error.code === 'call.cancelled') return
    // A decoder's message may quote the record it failed on.
    const isAboutRecords =
      error.code.startsWith('records.') || (error.code === 'internal' && /^(messages|replay)\./.test(route))
    log.write('warn', 'call', `${took}: ${error.code}${isAboutRecords ? '' : ` ${error.message}`}`)
  }
}

/** Logs how connections open and close, without the waiting and counting in between. */
export function logConnections(log: Log | undefined): (state: ConnectionState) => void {
  const last = new Map<string, string>()
  return ({ connectionId, name, status, reason, clusterId, kafkaVersion }) => {
    if (last.get(connectionId) === status) return
    if (status === 'closed') last.delete(connectionId)
    else last.set(connectionId, status)
    const facts =
      status === 'connected' ? ` (cluster ${clusterId ?? 'unnamed'}, Kafka ${kafkaVersion ?? 'unknown'})` : ''
    const why = reason === null ? '' : `: ${reason.code} ${reason.message}`
    log?.write(reason === null ? 'info' : 'warn', 'connection', `${name} ${status}${facts}${why}`)
  }
}
