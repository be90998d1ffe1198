import { act, render } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { heldServices } from '../../../tests/support/held-services.ts'
import { until } from '../../../tests/support/wait-for.ts'
import { ServicesContext } from '../../workbench/services.ts'
import { SchemaFields, type SchemaFieldsProps } from './schema-fields.tsx'

const id = 'eu' as ConnectionId

it('asks for the subjects itself when the view whose reading it had joined is closed', async () => {
  const { services, asked } = heldServices()
  const draft = { as: 'schema', schema: { by: 'subject', subject: '', version: null }, message: null, frame: null }
  void services.subjects.load(id)
  render(
    <ServicesContext value={services}>
      <SchemaFields
        part="value"
        draft={draft as unknown as SchemaFieldsProps['draft']}
        onChange={() => undefined}
        writtenBy={null}
        connectionId={id}
        topic="orders"
      />
    </ServicesContext>,
  )
  expect(asked()).toBe(1)
  act(() => services.subjects.stop(id))
  await until('they are asked for again', () => asked() === 2)
  expect(services.subjects.getState().byConnection[id]?.status).toBe('loading')
})
