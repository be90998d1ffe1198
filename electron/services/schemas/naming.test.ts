import { expect, it } from 'vitest'
import { subjectsOfTopic, topicsOfSubject } from './naming.ts'

it('finds a topic’s subjects by their names, and the other way round', () => {
  const subjects = ['orders-value', 'orders-key', 'orders-eu-value', 'orders-com.acme.Order', ':.staging:orders-value', 'com.acme.Order', 'orders-2'] // prettier-ignore
  expect(subjectsOfTopic('orders', subjects)).toEqual([
    { subject: 'orders-value', part: 'value', strategy: 'TopicName', record: null },
    { subject: 'orders-key', part: 'key', strategy: 'TopicName', record: null },
    { subject: 'orders-com.acme.Order', part: null, strategy: 'TopicRecordName', record: 'com.acme.Order' },
    { subject: ':.staging:orders-value', part: 'value', strategy: 'TopicName', record: null },
  ])
  expect(topicsOfSubject('orders-eu-value', ['orders', 'orders-eu', 'payments'])).toEqual([
    { topic: 'orders-eu', part: 'value', strategy: 'TopicName' },
  ])
  expect(topicsOfSubject('com.acme.Order', ['orders', 'com'])).toEqual([])
})
