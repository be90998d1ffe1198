import { expect, it } from 'vitest'
import { settingWords } from './setting-words.ts'

it.each([
  ['retention.ms', '604800000', '7 days'],
  ['retention.ms', '129600000', '1 day 12 h'],
  ['retention.ms', '-1', 'no limit'],
  ['retention.bytes', '-1', 'no limit'],
  ['local.retention.ms', '-2', 'as retention.ms'],
  ['max.compaction.lag.ms', '9223372036854775807', 'no limit'],
  ['flush.messages', '9223372036854775807', 'left to the operating system'],
  ['message.timestamp.before.max.ms', '9223372036854775807', 'however old, any timestamp is taken'],
  ['message.timestamp.after.max.ms', '3600000', '1 h'],
  ['segment.bytes', '1073741824', '1 GiB'],
  ['max.message.bytes', '1048588', 'about 1 MB'],
  ['min.cleanable.dirty.ratio', '0.5', '50 %'],
  ['segment.jitter.ms', '0', 'at once'],
  ['log.retention.hours', '168', '7 days'],
  ['min.insync.replicas', '2', undefined],
  ['preallocate', 'false', undefined],
  ['cleanup.policy', 'compact,delete', undefined],
  ['retention.ms', '99999999999999999999999999', undefined],
  ['made.up.ms', '-5', undefined],
  ['made.up.ms', '', undefined],
  ['made.up.ms', null, undefined],
])('%s = %s is %s', (name, value, words) => {
  expect(settingWords({ name, value })?.replaceAll(/[\u2009\u202f\u00a0]/g, ' ')).toBe(words)
})
