import { describe, expect, it } from 'vitest'
import { parsePositions } from './kafka-tools.ts'

describe('parsePositions', () => {
  it('finds columns by their header, and takes "-" for nothing', () => {
    const text = `
Consumer group 'mailer' has no active members.

GROUP   TOPIC   PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  CONSUMER-ID  HOST  CLIENT-ID
mailer  orders  0          400             1119            719  -            -     -
mailer  orders  1          -               851             -    -            -     -

GROUP  TOPIC     PARTITION  LEADER-EPOCH  CURRENT-OFFSET  LOG-END-OFFSET  LAG  CONSUMER-ID  HOST        CLIENT-ID
fraud  payments  0          3             624             624             0    c-1          /127.0.0.1  console
`
    expect(parsePositions(text)).toEqual([
      { group: 'mailer', topic: 'orders', partition: 0, position: 400n, end: 1119n, lag: 719n },
      { group: 'mailer', topic: 'orders', partition: 1, end: 851n },
      {
        group: 'fraud',
        topic: 'payments',
        partition: 0,
        position: 624n,
        end: 624n,
        lag: 0n,
        member: 'c-1',
        host: '/127.0.0.1',
        client: 'console',
      },
    ])
  })

  it('finds nothing in an error', () => {
    expect(parsePositions('Error: Consumer group x does not exist.\n')).toEqual([])
  })
})
