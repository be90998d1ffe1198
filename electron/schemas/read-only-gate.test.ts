import { describe, expect, it } from 'vitest'
import { checkGate, isRead } from './read-only-gate.ts'

describe('the gate of a registry', () => {
  it.each([
    ['GET', '/subjects'],
    ['GET', '/schemas/ids/41'],
    ['POST', '/subjects/orders-value'],
    ['POST', '/subjects/a%2Fb'],
    ['POST', '/contexts/.staging/subjects/orders-value'],
    ['POST', '/compatibility/subjects/orders-value/versions'],
    ['POST', '/compatibility/subjects/orders-value/versions/latest'],
    ['POST', '/contexts/.staging/compatibility/subjects/orders-value/versions/3'],
  ])('lets %s %s pass in a read-only profile', (method, path) => {
    expect(isRead(method, path)).toBe(true)
    expect(() => checkGate('read-only', method, path)).not.toThrow()
  })

  it('knows of AWS’s actions, all of them a POST to one path, those that read', () => {
    const pass = (action: string) => () => checkGate('read-only', 'POST', '/', action)
    expect(pass('AWSGlue.GetSchemaVersion')).not.toThrow()
    for (const action of [
      'AWSGlue.RegisterSchemaVersion',
      'AWSGlue.DeleteSchema',
      'AWSGlue.GetX/../Delete',
      'Other.GetSchema',
      '',
    ]) {
      expect(pass(action)).toThrow(expect.objectContaining({ code: 'access.read-only' }))
    }
    expect(isRead('POST', '/')).toBe(false)
  })

  it.each([
    ['POST', '/subjects/orders-value/versions'],
    ['POST', '/contexts/.staging/subjects/orders-value/versions'],
    ['POST', '/compatibility/subjects/x/versions/1/more'],
    // Two slashes: what the server makes of an empty part nobody knows.
    ['POST', '/subjects//versions'],
    ['POST', '/subjects'],
    ['POST', '/mode'],
    ['PUT', '/config'],
    ['PUT', '/config/orders-value'],
    ['PUT', '/mode'],
    ['DELETE', '/subjects/orders-value'],
    ['DELETE', '/config/orders-value'],
    ['PATCH', '/subjects/orders-value'],
    ['get', '/subjects'],
  ])('lets no %s %s pass', (method, path) => {
    expect(isRead(method, path)).toBe(false)
    expect(() => checkGate('read-only', method, path)).toThrow(expect.objectContaining({ code: 'access.read-only' }))
    expect(() => checkGate('read-write', method, path)).not.toThrow()
  })
})
