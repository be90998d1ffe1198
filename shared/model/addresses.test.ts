import { describe, expect, it } from 'vitest'
import { addressOf, AddressText, formatAddress, parseAddress } from './addresses.ts'

describe('addresses', () => {
  it.each([
    ['kafka-1.example.com:9092', { host: 'kafka-1.example.com', port: 9092 }],
    ['  LOCALHOST:1 ', { host: 'localhost', port: 1 }],
    ['my_broker:19092', { host: 'my_broker', port: 19_092 }],
    ['10.0.0.7:65535', { host: '10.0.0.7', port: 65_535 }],
    ['[::1]:9092', { host: '::1', port: 9092 }],
    ['[2001:DB8::A:1]:9093', { host: '2001:db8::a:1', port: 9093 }],
    ['[fe80::1%eth0]:9092', { host: 'fe80::1%eth0', port: 9092 }],
    ['[::ffff:10.0.0.7]:9092', { host: '::ffff:10.0.0.7', port: 9092 }],
    ['SASL_SSL://broker:9093', { host: 'broker', port: 9093 }],
    ['broker.:9092', { host: 'broker.', port: 9092 }],
  ])('reads %s', (text, address) => {
    expect(parseAddress(text)).toEqual(address)
    expect(parseAddress(formatAddress(address))).toEqual(address)
  })

  it.each([
    ['', 'missing'],
    ['broker', 'lacks a port'],
    ['broker:', 'lacks a port'],
    ['broker:0', 'not a port'],
    ['broker:65536', 'not a port'],
    ['broker:9092x', 'not a port'],
    ['::1:9092', 'in brackets'],
    ['[::1]', 'lacks a port'],
    ['[1::2::3]:9092', 'not an IPv6'],
    ['[1:2:3]:9092', 'not an IPv6'],
    ['[12345::]:9092', 'not an IPv6'],
    ['a b:9092', 'not a host name'],
    ['-a:9092', 'not a host name'],
    ['a..b:9092', 'not a host name'],
    ['<script>:9092', 'not a host name'],
    ['http://broker/path:9092', 'not a host name'],
  ])('says what is wrong with %j', (text, words) => {
    expect(parseAddress(text)).toContain(words)
  })

  it('takes a default port when one is offered', () => {
    expect(parseAddress('broker', 9092)).toEqual({ host: 'broker', port: 9092 })
    expect(parseAddress('[::1]', 9092)).toEqual({ host: '::1', port: 9092 })
  })

  it('keeps text in one form, and carries the sentence in the issue', () => {
    expect(AddressText.parse(' SSL://[::1]:9092 ')).toBe('[::1]:9092')
    expect(AddressText.safeParse('broker').error?.issues[0]?.message).toContain('lacks a port')
  })

  it('are taken for granted only where they were checked before', () => {
    expect(addressOf('[fe80::1]:9092')).toEqual({ host: 'fe80::1', port: 9092 })
    for (const bad of ['', 'host', 'host:', 'host:0', 'host:70000', '::1:9092', 'a b:1']) {
      expect(() => addressOf(bad)).toThrow(expect.objectContaining({ code: 'profile.invalid' }))
    }
  })
})
