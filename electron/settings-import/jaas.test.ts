import { describe, expect, it } from 'vitest'
import { JaasError, readJaas } from './jaas.ts'

const options = (text: string) => {
  const jaas = readJaas(text)
  return jaas instanceof JaasError ? jaas.why : { module: jaas.module, ...Object.fromEntries(jaas.options) }
}

describe('jaas', () => {
  // Each verdict and value was taken from Kafka 4.3's own org.apache.kafka.common.security.JaasConfig.
  it.each<[string, Record<string, string>]>([
    [`a.b.M required username="al\\"ice" password='it; is "x"' tokenauth=true ;`, { username: 'al"ice', password: 'it; is "x"', tokenauth: 'true' }],
    ['M optional a="\\n\\t\\061\\x\\\\";', { a: '\n\t1x\\' }],
    ['M required /* "x" */ a=b // c="d"\n e=f;', { a: 'b', e: 'f' }],
    ['M required a=b-c.d_$e;', { a: 'b-c.d_$e' }],
    ['M required a=b a=c;', { a: 'c' }],
    ['M required;', {}],
  ])('reads %j as Kafka does', (text, expected) => {
    expect(options(text)).toEqual({ module: text.split(' ')[0]!.replace(';', ''), ...expected })
  }) // oxfmt-ignore

  it.each([
    'M required username="u" password="XXXX"YYYY";',
    'M required username="u" password="XXXX"YYYY;',
    'M required password="p"',
    'M required password=12;',
    'M required password=;',
    'M required password p;',
    'M required "p";',
    'M required password=a+b;',
    'M required password=a/b;',
    'M a=b;',
    'M required a=b; N required c=d;',
    'username="u"',
    '',
  ])('refuses %j as Kafka does, and quotes nothing of it', (text) => {
    const why = options(text)
    expect(why).toBeTypeOf('string')
    expect(why).not.toMatch(/XXXX|YYYY|12|a\+b/)
  })
})
