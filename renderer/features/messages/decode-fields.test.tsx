import { act, render } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { until } from '../../../tests/support/wait-for.ts'
import type { Api } from '../../api/client.ts'
import { createLinkStore } from '../../api/link.ts'
import { memorySettings } from '../../stores/settings.ts'
import { createServices, ServicesContext } from '../../workbench/services.ts'
import { KindFields } from './decode-fields.tsx'
import type { DecodeDraft } from './decode-draft.ts'

const id = 'eu' as ConnectionId

it('asks for the subjects itself when the view whose reading it had joined is closed', async () => {
  let asked = 0
  const call = (_route: string, _input: unknown, { signal }: { signal?: AbortSignal } = {}) => {
    asked += 1
    return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('cancelled'))))
  }
  const api = { call, openStream: () => new Promise(() => undefined) } as unknown as Api
  const services = createServices(api, createLinkStore({ status: 'connected' }), { settingsPort: memorySettings() })
  const draft = { kind: 'registry', subject: '', version: '', message: '' } as DecodeDraft
  void services.subjects.load(id)
  render(
    <ServicesContext value={services}>
      <KindFields connectionId={id} draft={draft} onChange={() => undefined} />
    </ServicesContext>,
  )
  expect(asked).toBe(1)
  act(() => services.subjects.stop(id))
  await until('they are asked for again', () => asked === 2)
  expect(services.subjects.getState().byConnection[id]?.status).toBe('loading')
})
