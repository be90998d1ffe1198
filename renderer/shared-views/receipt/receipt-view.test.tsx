import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { Receipt, ReceiptRow } from '#shared/contract/replay.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../../api/client.ts'
import { createLinkStore } from '../../api/link.ts'
import { memorySettings } from '../../stores/settings.ts'
import { createServices, ServicesContext } from '../../workbench/services.ts'
import { ReceiptView } from './receipt-view.tsx'

const row = (partition: number, part: Partial<ReceiptRow>): ReceiptRow => ({
  partition,
  from: 0n,
  to: 9n,
  done: 4n,
  copied: 4n,
  bytes: 40n,
  markers: 0n,
  aborted: 0n,
  missing: 0n,
  openLeftOut: 0n,
  refused: 0n,
  status: 'failed',
  error: null,
  targets: [],
  ...part, // oxfmt-ignore
})
const full = {
  code: 'kafka.refused' as const,
  message: 'The target’s disk is full.',
  hint: 'Make room.',
  retryable: false,
}
const gone = { code: 'connect.lost' as const, message: 'The leader went away.', retryable: true }

const receipt = {
  id: 'r',
  plan: {
    spec: {
      source: 'prod' as ConnectionId,
      topic: 'orders',
      range: { by: 'places', from: { at: 'log-start' } },
      target: 'test' as ConnectionId,
      targetTopic: { create: false, name: 'copy' },
      partitioning: 'keep',
      timestamps: 'keep',
    },
    shiftMs: null,
  },
  startedAt: 1n,
  endedAt: 2n,
  topicCreated: false,
  rows: [
    row(0, { error: full }),
    row(1, { error: full }),
    row(2, { error: gone, status: 'unknown' }),
    row(3, { status: 'complete', done: 9n }),
  ],
  growth: [],
  copied: 12n,
  bytes: 120n,
  outcome: 'partial',
  summary: '12 records were copied to copy on Test.',
} as unknown as Receipt

it('gives each reason whole, once, with the partitions it is of and what to do, the most frequent first', () => {
  const api = { call: () => new Promise(() => undefined) } as unknown as Api
  const services = createServices(api, createLinkStore({ status: 'connected' }), { settingsPort: memorySettings() })
  const nothing = () => undefined
  render(
    <ServicesContext value={services}>
      <ReceiptView receipt={receipt} zone="UTC" nameOf={(id) => id} onOpenSource={nothing} onOpenTarget={nothing} />
    </ServicesContext>,
  )
  const reasons = [...screen.getByRole('list', { name: 'Reasons' }).querySelectorAll('li')].map((li) => li.textContent)
  expect(reasons).toEqual([
    'failedorders[0], orders[1]: The target’s disk is full. Make room.',
    'unknownorders[2]: The leader went away.',
  ])
})
