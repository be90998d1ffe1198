import { describe, expect, it } from 'vitest'
import { readJaas, readProperties, readSettingsText } from './settings-text.ts'

const asObject = (pairs: { key: string; value: string }[]) =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, value]))

describe('properties', () => {
  // Each expectation was taken from java.util.Properties.load (values trimmed, as Kafka does).
  it.each<[string, string, Record<string, string>]>([
    ['three separators', 'a=1\nb:2\nc 3\nd = 4\ne : 5\nf\t=\t6', { a: '1', b: '2', c: '3', d: '4', e: '5', f: '6' }],
    ['only the first separator', 'a==1\nb=c=d\nc:=2', { a: '=1', b: 'c=d', c: '=2' }],
    ['comments', '# a=1\n  ! b=2\n   c=3 # not a comment', { c: '3 # not a comment' }],
    ['continuation', 'a=1,\\\n   2,\\\n\t3\nb=4', { a: '1,2,3', b: '4' }],
    ['an even number of backslashes', 'a=x\\\\\nb=2', { a: 'x\\', b: '2' }],
    ['a continuation onto a comment sign', 'a=1\\\n#2\nb=3', { a: '1#2', b: '3' }],
    ['a continuation at the end', 'a=1\\', { a: '1' }],
    ['escapes', 'a\\=b=\\u0041\\t\\q\\:\\"', { 'a=b': 'A\tq:"' }],
    ['keys with escaped blanks', 'a\\ b=1', { 'a b': '1' }],
    ['empty values and bare keys', 'a=\nb\nc:', { a: '', b: '', c: '' }],
    ['other line ends', 'a=1\r\nb=2\rc=3', { a: '1', b: '2', c: '3' }],
    ['a repeated key', 'a=1\na=2', { a: '2' }],
  ])('reads %s as Java does', (_what, text, expected) => {
    expect(asObject(readProperties(text))).toEqual(expected)
  })
})

describe('jaas', () => {
  it('reads quoting of both kinds, escapes and bare words', () => {
    const jaas = readJaas(`a.b.ScramLoginModule required username="al\\"ice" password='it; is "x"' tokenauth=true ;`)
    expect(jaas?.module).toBe('a.b.ScramLoginModule')
    expect(Object.fromEntries(jaas?.options ?? [])).toEqual({
      username: 'al"ice',
      password: 'it; is "x"',
      tokenauth: 'true',
    })
  })

  it('reads the block of a login file, and nothing from nonsense', () => {
    expect(
      readJaas('KafkaClient {\n a.PlainLoginModule required\n username="u"\n password="}";\n};')?.options.get(
        'password',
      ),
    ).toBe('}')
    expect(readJaas('username="u"')).toBeNull()
  })
})

describe('settings text', () => {
  it('takes backslashes literally where librdkafka would', () => {
    const text = 'ssl.ca.location=C:\\certs\\ca.pem\nsasl.password=a\\tb#c'
    expect(asObject(readSettingsText(text))).toEqual({
      'ssl.ca.location': 'C:\\certs\\ca.pem',
      'sasl.password': 'a\\tb#c',
    })
  })

  it('reads kcat commands with quotes and continued lines', () => {
    const text = `$ kcat -L -b a:1,b:2 \\\n  -X security.protocol=sasl_ssl -X 'sasl.password=p w"$1' \\\n -Xsasl.username="u\\"x" -X "a=b"'c'`
    expect(asObject(readSettingsText(text))).toEqual({
      'metadata.broker.list': 'a:1,b:2',
      'security.protocol': 'sasl_ssl',
      'sasl.password': 'p w"$1',
      'sasl.username': 'u"x',
      a: 'bc',
    })
    expect(asObject(readSettingsText('-X a.b=1\n-X c.d=2'))).toEqual({ 'a.b': '1', 'c.d': '2' })
  })

  it('reads JSON, also one level down, and arrays as lists', () => {
    const text =
      '{"app":1,"kafka":{"bootstrap.servers":"a:1","enable.ssl.certificate.verification":false},"x":["a","b"]}'
    expect(asObject(readSettingsText(text))).toEqual({
      app: '1',
      'bootstrap.servers': 'a:1',
      'enable.ssl.certificate.verification': 'false',
      x: 'a,b',
    })
  })

  it('is quick on hostile text', () => {
    const started = performance.now()
    for (const text of [
      '\\'.repeat(250_000),
      `a=${' '.repeat(250_000)}x`,
      `kcat ${'"'.repeat(250_000)}`,
      '{'.repeat(250_000),
    ])
      readSettingsText(text)
    readJaas(`${'} '.repeat(20_000)}x`)
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
