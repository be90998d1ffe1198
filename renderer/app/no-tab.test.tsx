import { render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { connected } from '../../tests/support/connected.ts'
import type { Api } from '../api/client.ts'
import { parts } from './parts.ts'
import { createLinkStore } from '../api/link.ts'
import { memorySettings } from '../stores/settings.ts'
import { createServices, ServicesContext } from '../workbench/services.ts'
import { NotConnected, Welcome } from './no-tab.tsx'

const id = 'orders-prod' as ConnectionId
const state = (part: Partial<ConnectionState>): ConnectionState => ({
  ...connected,
  connectionId: id,
  profileId: id,
  name: 'orders-prod',
  accessMode: 'read-only',
  clusterId: null,
  brokers: null,
  kafkaVersion: null,
  ...part,
})
const reason = {
  code: 'connect.tcp' as const,
  message: 'kafka-1:9092 refused the connection.',
  hint: 'Is the broker up?',
  retryable: true,
}

function show(part: Partial<ConnectionState>, view = <Welcome />) {
  const api = { call: () => new Promise(() => undefined), openStream: () => new Promise(() => undefined) }
  const services = createServices(api as unknown as Api, createLinkStore({ status: 'connected' }), {
    parts,
    settingsPort: memorySettings(),
  })
  services.connections.setState({ open: { [id]: state(part) }, current: id })
  render(<ServicesContext value={services}>{view}</ServicesContext>)
}

describe('what is shown before a cluster is', () => {
  it('says that it is connected only when it is', () => {
    show({})
    expect(screen.getByText('Connected to orders-prod.')).toBeTruthy()
  })

  it('says why a connection failed, and what to do', () => {
    show({ status: 'failed', reason })
    expect(screen.queryByText(/Connected to/)).toBeNull()
    expect(screen.getByRole('alert').textContent).toContain('kafka-1:9092 refused the connection.')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Edit profile' })).toBeTruthy()
  })

  it('says that it is on its way, and can be stopped', () => {
    show({ status: 'connecting' })
    expect(screen.getByText('Connecting to orders-prod…')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Cancel' })).toBeTruthy()
  })

  it('opens no view on a connection that failed: the tab says the same', () => {
    show({ status: 'failed', reason }, <NotConnected connectionId={id} title="orders · messages" />)
    expect(screen.getByRole('alert').textContent).toContain('kafka-1:9092 refused the connection.')
  })
})
