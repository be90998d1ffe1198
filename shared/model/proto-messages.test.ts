import { describe, expect, it } from 'vitest'
import { messagesIn } from './proto-messages.ts'

describe('the messages of a .proto text', () => {
  it('are those declared outermost, with their package', () => {
    const text = `syntax = "proto3"; // package wrong;
      package acme.shop; /* message Wrong { */
      message Order { message Line { string sku = 1; } repeated Line lines = 1; string note = 2 [default = "message X {"]; }
      enum State { OPEN = 0; }
      message Customer{}`
    expect(messagesIn(text)).toEqual(['acme.shop.Order', 'acme.shop.Customer'])
    expect(messagesIn('message A { }')).toEqual(['A'])
    expect(messagesIn('')).toEqual([])
  })
})
