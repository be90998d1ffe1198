import { SeeklineError } from '#shared/errors.ts'
import {
  KafkajsConnection,
  KafkajsEncoder,
  KafkajsRequestQueue,
  KafkajsScram,
  silentLogger,
} from './kafkajs-internals.ts'

const connectionMethods = [
  'connect',
  'disconnect',
  'authenticate',
  'isConnected',
  'send',
  'setVersions',
  'setSupportAuthenticationProtocol',
  'rejectRequests',
  'processData',
] as const
const queueMethods = [
  'scheduleCheckPendingRequests',
  'push',
  'createSocketRequest',
  'checkPendingRequests',
  'sendSocketRequest',
  'fulfillRequest',
  'destroy',
] as const

/**
 * Checks that the undocumented members of kafkajs that we use exist, so that another version of kafkajs fails here with a clear
 * error instead of somewhere else with "undefined is not a function".
 */
export function checkKafkajs(): void {
  const missing: string[] = []
  for (const name of connectionMethods) {
    if (typeof KafkajsConnection?.prototype?.[name] !== 'function') missing.push(`Connection.${name}`)
  }
  for (const name of queueMethods) {
    if (typeof KafkajsRequestQueue?.prototype?.[name] !== 'function') missing.push(`RequestQueue.${name}`)
  }
  if (typeof KafkajsEncoder?.prototype?.ensureAvailable !== 'function') missing.push('Encoder.ensureAvailable')
  if (typeof KafkajsScram?.hi !== 'function') missing.push('SCRAM.hi')
  if (typeof KafkajsScram?.prototype?.sendClientFinalMessage !== 'function')
    missing.push('SCRAM.sendClientFinalMessage')
  if (missing.length === 0) {
    const probe = new KafkajsConnection({
      host: '127.0.0.1',
      port: 1,
      logger: silentLogger,
      socketFactory: () => {
        throw new Error('The self-check opens no socket.')
      },
      requestTimeout: 1,
      connectionTimeout: 1,
      enforceRequestTimeout: false,
      ssl: null,
      sasl: null,
      clientId: 'self-check',
    })
    if (!(probe.requestQueue?.inflight instanceof Map)) missing.push('Connection.requestQueue.inflight')
    if (!Array.isArray(probe.requestQueue?.pending)) missing.push('Connection.requestQueue.pending')
    if (typeof probe.correlationId !== 'number') missing.push('Connection.correlationId')
    if (typeof probe.requestQueue?.throttledUntil !== 'number') missing.push('Connection.requestQueue.throttledUntil')
  }
  if (missing.length === 0) return
  throw new SeeklineError(
    'internal',
    `This kafkajs is not the one Seekline was built on: ${missing.join(', ')} missing.`,
    {
      hint: 'Install the dependencies again: kafkajs must be exactly 2.2.4.',
    },
  )
}
