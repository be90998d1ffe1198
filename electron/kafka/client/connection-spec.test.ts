import { signInOf } from '#shared/model/sasl/mechanisms.ts'
import { expect, it } from 'vitest'
import { type ConnectionSpec, scrub } from './connection-spec.ts'
import { mapAddress } from './address-map.ts'

it('maps an advertised address whatever its case, and leaves others alone', () => {
  const spec = { addressMap: [{ from: 'Kafka-1.internal:9092', to: '127.0.0.1:19092' }] }
  expect(mapAddress(spec, { host: 'kafka-1.internal', port: 9092 })).toEqual({ host: '127.0.0.1', port: 19_092 })
  expect(mapAddress(spec, { host: 'kafka-1.internal', port: 9093 })).toEqual({ host: 'kafka-1.internal', port: 9093 })
})

it('takes every secret out of a text', () => {
  const spec: ConnectionSpec = {
    brokers: [],
    clientId: 'c',
    sasl: signInOf({ mechanism: 'PLAIN', username: 'u' }, { password: 'hunter2' })!,
    tls: { key: 'PEM' },
  }
  expect(scrub(spec, 'u/hunter2 hunter2 PEM')).toBe('u/••• ••• •••')
})
