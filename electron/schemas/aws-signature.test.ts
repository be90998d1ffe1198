import { describe, expect, it } from 'vitest'
import { awsHeaders, regionOf } from './aws-signature.ts'

// The vectors that AWS publishes with Signature Version 4 (its test suite, and the walk-through with IAM).
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const at = new Date('2015-08-30T12:36:00Z')
const where = { service: 'service', region: 'us-east-1', at }
const token =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='
const url = 'https://example.amazonaws.com/'
const get = { method: 'GET', url, headers: {}, body: '' }
const post = { ...get, method: 'POST' }

describe('AWS’s Signature Version 4', () => {
  it.each([
    ['get-vanilla', get, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['get-vanilla-query-order-key-case', { ...get, url: `${url}?Param2=value2&Param1=value1` }, 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500'], // oxfmt-ignore
    ['post-vanilla', post, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    ['post-header-key-sort', { ...post, headers: { 'My-Header1': 'value1' } }, 'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c'], // oxfmt-ignore
    ['post-x-www-form-urlencoded', { ...post, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'Param1=value1' }, 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a'], // oxfmt-ignore
  ])('signs %s as published', (_, request, signature) => {
    expect(awsHeaders(request, credentials, where)['authorization']).toContain(`Signature=${signature}`)
  })

  it('signs with the token of a session', () => {
    const { authorization, ...rest } = awsHeaders(post, { ...credentials, sessionToken: token }, where)
    expect(authorization).toBe('AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead') // oxfmt-ignore
    expect(rest).toEqual({ 'x-amz-date': '20150830T123600Z', 'x-amz-security-token': token })
  })

  it('signs the request to IAM of its documentation', () => {
    const request = { ...get, url: 'https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08', headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } } // oxfmt-ignore
    expect(awsHeaders(request, credentials, { ...where, service: 'iam' })['authorization']).toContain('5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7') // oxfmt-ignore
  })
})

it('a region is read from every kind of address', () => {
  const of = (host: string) => regionOf(`https://${host}/`)
  expect(of('glue.eu-central-1.amazonaws.com')).toBe('eu-central-1')
  expect(of('glue.cn-north-1.amazonaws.com.cn')).toBe('cn-north-1')
  expect(of('glue-fips.us-gov-west-1.amazonaws.com')).toBe('us-gov-west-1')
  expect(of('vpce-0a1-b2c.glue.ap-southeast-2.vpce.amazonaws.com')).toBe('ap-southeast-2')
  expect(of('glue.us-east-1.api.aws')).toBe('us-east-1')
  expect(of('127.0.0.1:4566')).toBeNull()
})
