import { describe, expect, it } from 'vitest'
import { bytesOfHex, bytesOfText } from '../bytes.ts'
import { knownHeader } from './known-headers.ts'

const of = (name: string, hex: string) => knownHeader(name, bytesOfHex(hex))

describe('a header that a framework writes', () => {
  it.each([
    ['kafka_dlt-original-partition', '00000007', 'Spring: partition it failed in', '7'],
    ['kafka_original-offset', '00000000075bcd15', 'Spring: offset it failed at', '123456789'],
    [
      'kafka_dlt-original-timestamp',
      '0000018bcfe56800',
      'Spring: timestamp of the record that failed',
      '2023-11-14T22:13:20.000Z',
    ],
    ['retry_topic-backoff-timestamp', '018bcfe56800', 'Spring: when it is tried again', '2023-11-14T22:13:20.000Z'],
    ['retry_topic-attempts', '02', 'Spring: attempts so far', '2'],
    ['apicurio.value.globalId', '0000000000000029', 'Apicurio: global id of the value’s schema', '41'],
    [
      '__value_schema_id',
      '01123e4567e89b42d3a456426614174000',
      'Confluent: schema of the value',
      '123e4567-e89b-42d3-a456-426614174000',
    ],
  ])('%s says what its binary value means', (name, hex, label, meant) => {
    expect(of(name, hex)).toEqual({ label, meant })
  })

  it.each(['traceparent', '__connect.errors.offset', '__streams.errors.exception', 'kafka_dlt-exception-fqcn', 'b3'])(
    '%s is text already',
    (name) => {
      expect(knownHeader(name, bytesOfText('12345678'))).toMatchObject({ meant: null })
    },
  )

  it('is not read as a number where it is text, of another length, or null', () => {
    expect(knownHeader('kafka_dlt-original-partition', bytesOfText('1234'))).toMatchObject({ meant: null })
    expect(of('kafka_dlt-original-partition', '000007')).toMatchObject({ meant: null })
    expect(of('kafka_dlt-original-timestamp', '7fffffffffffffff')).toMatchObject({ meant: null })
    expect(of('retry_topic-backoff-timestamp', '00018bcfe568000000')).toMatchObject({ meant: null })
    expect(of('kafka_dlt-original-offset', '')).toMatchObject({ meant: null })
    expect(knownHeader('kafka_dlt-original-offset', null)).toMatchObject({ meant: null })
  })

  it('is none of these by another name', () => {
    expect(of('kafka_dlt-original-Partition', '00000007')).toBeNull()
    expect(of('constructor', '00000007')).toBeNull()
  })
})
