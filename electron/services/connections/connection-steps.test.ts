import { expect, it } from 'vitest'
import { SeeklineError } from '#shared/errors.ts'
import type { Told } from '../../kafka/rights.ts'
import { newProfile } from '#shared/model/profile.ts'
import { ConnectionSteps } from './connection-steps.ts'

const profile = newProfile('p', { brokers: ['one:9092', 'two:9092'] })
const rows = (steps: ConnectionSteps, error: SeeklineError) =>
  steps.failed(error).steps.map(({ step, status, broker }) => `${step} ${status} ${broker}`)
const info = { clusterId: 'c', controllerId: 1, brokers: [], release: '4.3', features: new Map(), unreachable: [] }

it('gives each step the time it took, at the broker that let us in', () => {
  const steps = new ConnectionSteps(profile)
  steps.passed('name', 'one:9092', 1)
  steps.passed('name', 'two:9092', 2)
  steps.passed('tcp', 'two:9092', 3)
  steps.passed('versions', 'two:9092', 4)
  steps.passed('authorisation', null, 5)
  steps.passed('advertised', null, 6)
  const report = steps.connected(info, 3)
  expect(report.steps.map((one) => [one.step, one.status, one.milliseconds])).toEqual([
    ['name', 'ok', 2],
    ['tcp', 'ok', 3],
    ['versions', 'ok', 4],
    ['authorisation', 'ok', 5],
    ['advertised', 'ok', 6],
  ])
  expect(report.steps[0]?.broker).toBe('two:9092')
})

it('does not say that the advertised addresses answer where one does not', () => {
  const steps = new ConnectionSteps(profile)
  const error = new SeeklineError('connect.tcp', 'Nothing listens.')
  const { steps: shown } = steps.connected({ ...info, unreachable: [{ nodeId: 3, address: 'three:9092', error }] }, 3)
  expect(shown.filter((one) => one.step === 'advertised')).toMatchObject([{ status: 'failed', broker: 'three:9092' }])
})

it('says of a failure what passed before it, and of the rest that it was not tried', () => {
  const steps = new ConnectionSteps(profile)
  steps.passed('name', 'one:9092', 1)
  steps.passed('tcp', 'one:9092', 1)
  const details = { broker: 'one:9092' }
  expect(rows(steps, new SeeklineError('connect.versions', 'Not Kafka.', { details }))).toEqual([
    'name ok one:9092',
    'tcp ok one:9092',
    'versions failed one:9092',
    'authorisation skipped one:9092',
    'advertised skipped one:9092',
  ])
})

it('fails at the next step where the broker asks for one that the profile leaves out, such as TLS', () => {
  const steps = new ConnectionSteps(profile)
  steps.passed('name', 'one:9092', 1)
  steps.passed('tcp', 'one:9092', 1)
  const details = { broker: 'one:9092' }
  const error = new SeeklineError('connect.tls', 'It speaks TLS.', { details })
  expect(rows(steps, error)).toContain('versions failed one:9092')
  expect(rows(steps, error).filter((row) => row.includes(' failed '))).toHaveLength(1)
})

it('lets nothing pass when it never came to a connection', () => {
  const steps = new ConnectionSteps({ ...profile, sasl: { mechanism: 'PLAIN', username: 'u' } })
  const rowsOf = rows(steps, new SeeklineError('connect.secret', 'The password is needed.'))
  expect(rowsOf.filter((row) => row.includes(' ok '))).toEqual([])
  expect(rowsOf).toContain('sasl failed one:9092, two:9092')
})

it('says of the rights what they show, not that all is well', () => {
  const message = (topics: number, cluster: Told = null, onTopics: Told[] = []) =>
    new ConnectionSteps(profile)
      .connected(info, topics, { cluster, topics: new Map(onTopics.map((one, at) => [`t${at}`, one])) })
      .steps.find((one) => one.step === 'authorisation')?.message
  expect(message(0)).toBe('These rights show no topic: the cluster has none, or Describe on them is missing.')
  expect(message(3, ['Create', 'Describe'])).toBe('3 topics are shown. On the cluster itself: Create, Describe.')
  expect(message(1)).toBe('1 topic is shown.')
  expect(message(1, null, [null])).toBe('1 topic is shown.')
  expect(message(1, null, [['Describe']])).toBe('1 topic is shown. Read is missing on it.')
  expect(message(2, null, [['Describe'], ['Describe']])).toBe('2 topics are shown. Read is missing on all of them.')
  expect(message(2, null, [['Describe', 'Read'], ['Describe']])).toBe(
    '2 topics are shown. Read is allowed on 1 of them.',
  )
  expect(message(9, null, [['Describe'], ['Describe']])).toBe(
    '9 topics are shown. Read is missing on all of the first 2 of them.',
  )
})
