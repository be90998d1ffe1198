import { act, render } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { heldServices } from '../../../tests/support/held-services.ts'
import { until } from '../../../tests/support/wait-for.ts'
import { ServicesContext } from '../../workbench/services.ts'
import { KindFields } from './decode-fields.tsx'
import type { DecodeDraft } from './decode-draft.ts'

const id = 'eu' as ConnectionId

it('asks for the subjects itself when the view whose reading it had joined is closed', async () => {
  const { services, asked } = heldServices()
  const draft = { kind: 'registry', subject: '', version: '', message: '' } as DecodeDraft
  void services.subjects.load(id)
  render(
    <ServicesContext value={services}>
      <KindFields connectionId={id} draft={draft} onChange={() => undefined} />
    </ServicesContext>,
  )
  expect(asked()).toBe(1)
  act(() => services.subjects.stop(id))
  await until('they are asked for again', () => asked() === 2)
  expect(services.subjects.getState().byConnection[id]?.status).toBe('loading')
})
