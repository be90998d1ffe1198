import { expect, it } from 'vitest'
import { subjectsOfTopic, topicsOfSubject } from './subject-names.ts'

it('knows the subjects of a topic by its name, and the topics of a subject', () => {
  const subjects = ['orders-key', 'orders-value', 'orders-com.acme.Order', 'orders-2-value', ':.staging:orders-value', 'com.acme.Order', 'order-value'] // oxfmt-ignore
  expect(subjectsOfTopic('orders', subjects).map(({ subject, part, strategy }) => [subject, part, strategy])).toEqual([
    ['orders-key', 'key', 'TopicName'],
    ['orders-value', 'value', 'TopicName'],
    ['orders-com.acme.Order', null, 'TopicRecordName'],
    [':.staging:orders-value', 'value', 'TopicName'],
  ])
  const topics = new Set(['orders', 'orders-2', 'orders-value', 'a-b'])
  const of = (subject: string) => topicsOfSubject(subject, (name) => topics.has(name))
  expect(of('orders-2-value')).toEqual([{ topic: 'orders-2', part: 'value', strategy: 'TopicName' }])
  // A topic may be called as a subject is: both are told.
  expect(of('orders-value-key')).toEqual([{ topic: 'orders-value', part: 'key', strategy: 'TopicName' }])
  expect(of('a-b-com.acme.Order')).toEqual([{ topic: 'a-b', part: null, strategy: 'TopicRecordName' }])
  expect(of(':.staging:orders-key')).toEqual([{ topic: 'orders', part: 'key', strategy: 'TopicName' }])
  expect([...of('com.acme.Order'), ...of('missing-value'), ...of('orders')]).toEqual([])
})
