import { startApicurio, type RunningApicurio } from './apicurio.ts'
import { SetupError } from './setup-error.ts'

const avro = (name: string, ...fields: object[]) =>
  JSON.stringify({ type: 'record', name, namespace: 'com.acme.shop', fields })
const field = (name: string, type: unknown, more: object = {}) => ({ name, type, ...more })

const money = avro('Money', field('amount', { type: 'bytes', logicalType: 'decimal', precision: 12, scale: 2 }), field('currency', 'string')) // oxfmt-ignore
const order = [field('orderId', 'string'), field('customer', 'string'), field('total', 'com.acme.shop.Money')]
const later = [field('placedAt', { type: 'long', logicalType: 'timestamp-millis' }, { default: 0 }), field('note', ['null', 'string'], { default: null })] // oxfmt-ignore
const customer = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Customer',
  type: 'object',
  required: ['id', 'name'],
  properties: { id: { type: 'string' }, name: { type: 'string' }, email: { type: 'string' } },
}
const payment = `syntax = "proto3";
package com.acme.shop;

// What was paid for an order.
message Payment {
  string order_id = 1;
  int64 cents = 2;
  string currency = 3;
}
`

const subjects: readonly { subject: string; schema: string; schemaType?: string; references?: object[] }[] = [
  { subject: 'money', schema: money },
  ...[order, [...order, ...later]].map((fields) => ({
    subject: 'orders-value',
    schema: avro('Order', ...fields),
    references: [{ name: 'com.acme.shop.Money', subject: 'money', version: 1 }],
  })),
  { subject: 'orders-key', schema: '"string"' },
  { subject: 'customers-value', schema: JSON.stringify(customer), schemaType: 'JSON' },
  { subject: 'payments-value', schema: payment, schemaType: 'PROTOBUF' },
  { subject: 'shipments-value', schema: avro('Shipment', field('orderId', 'string'), field('carrier', 'string')) },
]

/** A registry with schemas of the demo's topics. */
export async function startPicturesRegistry(): Promise<RunningApicurio> {
  const registry = await startApicurio('2.6.13.Final')
  if (registry === null) throw new SetupError('There is no Java to run the registry with.')
  const ask = async (method: string, path: string, body: object): Promise<void> => {
    const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
    const answer = await fetch(`${registry.ccompat}${path}`, { method, headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new SetupError(`The registry refused ${path}: ${await answer.text()}`)
  }
  await ask('PUT', '/config', { compatibility: 'BACKWARD' })
  for (const { subject, ...schema } of subjects) await ask('POST', `/subjects/${subject}/versions`, schema)
  await ask('PUT', '/config/customers-value', { compatibility: 'FULL' })
  return registry
}
