import { describe, expect, it } from 'vitest'
import { readText } from './detect-format.ts'
import { readProperties } from './properties.ts'
import type { Read } from './setting.ts'

const asObject = ({ settings }: Read) => Object.fromEntries(settings.map(({ path, value }) => [path.join('.'), value]))

describe('properties', () => {
  // Each expectation was taken from java.util.Properties.load (values trimmed, as Kafka does).
  it.each<[string, string, Record<string, string>]>([
    ['two signs', 'a=1\nb:2\nd = 4\ne : 5\nf\t=\t6', { a: '1', b: '2', d: '4', e: '5', f: '6' }],
    ['white space alone, of known keys', 'sasl.mechanism PLAIN', { 'sasl.mechanism': 'PLAIN' }],
    ['only the first sign', 'a==1\nb=c=d\nc:=2', { a: '=1', b: 'c=d', c: '=2' }],
    ['comments', '# a=1\n  ! b=2\n   c=3 # not a comment', { c: '3 # not a comment' }],
    ['continuation', 'a=1,\\\n   2,\\\n\t3\nb=4', { a: '1,2,3', b: '4' }],
    ['an even number of backslashes', 'a=x\\\\\nb=2', { a: 'x\\', b: '2' }],
    ['a continuation onto a comment sign', 'a=1\\\n#2\nb=3', { a: '1#2', b: '3' }],
    ['a continuation at the end', 'a=1\\', { a: '1' }],
    ['escapes', 'a\\=b=\\u0041\\t\\q\\:\\"', { 'a=b': 'A\tq:"' }],
    ['keys with escaped blanks', 'a\\ b=1', { 'a b': '1' }],
    ['empty values', 'a=\nc:', { a: '', c: '' }],
    ['other line ends', 'a=1\r\nb=2\rc=3', { a: '1', b: '2', c: '3' }],
  ])('reads %s as Java does', (_what, text, expected) => {
    expect(asObject(readProperties(text))).toEqual(expected)
  })
})

describe('other forms', () => {
  it('take backslashes literally where librdkafka would', () => {
    const text = 'ssl.ca.location=C:\\certs\\ca.pem\nsasl.password=a\\tb#c'
    expect(asObject(readText(text))).toEqual({ 'ssl.ca.location': 'C:\\certs\\ca.pem', 'sasl.password': 'a\\tb#c' })
  })

  it('split a kcat command as a shell does', () => {
    const text = `$ kcat -L -b a:1,b:2 \\\n  -X security.protocol=sasl_ssl -X 'sasl.password=p w"$1' \\\n -Xsasl.username="u\\"x" -X "a=b"'c'`
    expect(asObject(readText(text))).toEqual({
      '-b': 'a:1,b:2',
      'security.protocol': 'sasl_ssl',
      'sasl.password': 'p w"$1',
      'sasl.username': 'u"x',
      a: 'bc',
    })
    expect(asObject(readText('-X a.b=1\n-X c.d=2'))).toEqual({ 'a.b': '1', 'c.d': '2' })
    expect(asObject(readText('kcat -CeX a=1 -t -X -b x:1'))).toEqual({ a: '1', '-b': 'x:1' })
  })

  it('unquote what an environment file quotes, and only that', () => {
    const text = `export A_B="x y" # c\nC_D='a"b'\nE_F=plain # c\nG_H=a b="c" d;\nI_J="a" b`
    expect(asObject(readText(text))).toEqual({ A_B: 'x y', C_D: 'a"b', E_F: 'plain', G_H: 'a b="c" d;', I_J: '"a" b' })
  })

  it('keep YAML’s text as it stands', () => {
    const text = 'kafka:\n  sasl.password: 0123\n  sasl.username: no\n  bootstrap.servers: a:1'
    expect(asObject(readText(text))).toMatchObject({ 'kafka.sasl.password': '0123', 'kafka.sasl.username': 'no' })
  })
})
