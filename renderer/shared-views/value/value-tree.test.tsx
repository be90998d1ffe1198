import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { createRef } from 'react'
import { describe, expect, it, vi } from 'vitest'
import type { Value } from '#shared/model/decoded-value.ts'
import type { FindHandle } from '../../ui/find-bar.tsx'
import { ValueTree } from './value-tree.tsx'

const text = (value: string): Value => ({ kind: 'text', value })
const order = (country: string): Value => ({
  kind: 'record',
  fields: [
    { name: 'id', value: { kind: 'integer', value: 9_007_199_254_740_993n, type: 'long' } },
    {
      name: 'customer',
      value: { kind: 'record', type: 'Customer', fields: [{ name: 'country', value: text(country) }] },
    },
    { name: 'placedAt', value: { kind: 'integer', value: 1n, type: 'timestamp-millis', meant: '1970-01-01T00:00:00.001Z' } }, // oxfmt-ignore
  ],
})
const items = () => screen.getAllByRole('treeitem').map((item) => item.textContent)
const tree = () => screen.getByRole('tree', { name: 'Value as a tree' })
const press = (key: string, more: object = {}) => fireEvent.keyDown(tree(), { key, ...more })

describe('a value as a tree', () => {
  it('shows names, values as meant and as stored, and types', () => {
    render(<ValueTree label="Value as a tree" root="value" value={order('DE')} />)
    expect(items()).toEqual([
      'id 9007199254740993long',
      'customer Customer',
      'country "DE"string',
      'placedAt 1970-01-01T00:00:00.001Z 1timestamp-millis',
    ])
  })

  it('folds by keys, and the next value is folded as this one was', () => {
    const { rerender } = render(<ValueTree label="Value as a tree" root="value" value={order('DE')} />)
    fireEvent.focus(tree())
    press('ArrowDown')
    expect(screen.getByText('value.customer')).toBeTruthy()
    press('ArrowLeft')
    expect(items()[1]).toBe('customer 1 fieldCustomer')
    rerender(<ValueTree label="Value as a tree" root="value" value={order('AT')} />)
    expect(items()).toHaveLength(3)
    press('ArrowRight')
    expect(items()[2]).toBe('country "AT"string')
    press('/')
    expect(items()).toHaveLength(3)
    press('*')
    expect(items()).toHaveLength(4)
  })

  it('copies value and path by keys', async () => {
    const writeText = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve())
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText } })
    render(<ValueTree label="Value as a tree" root="value" value={order('DE')} />)
    fireEvent.focus(tree())
    press('c', { ctrlKey: true })
    press('ArrowDown')
    press('c', { code: 'KeyC', altKey: true })
    await act(async () => press('c', { ctrlKey: true }))
    expect(writeText.mock.calls.map(([copied]) => copied)).toEqual(['9007199254740993', 'value.customer', '{\n  "country": "DE"\n}']) // oxfmt-ignore
    Reflect.deleteProperty(navigator, 'clipboard')
  })

  it('finds within what is folded, and unfolds the way to it', async () => {
    const find = createRef<FindHandle>()
    render(<ValueTree label="Value as a tree" root="value" value={order('Deutschland')} find={find} />)
    fireEvent.focus(tree())
    press('/')
    expect(items()).toHaveLength(3)
    act(() => find.current?.find())
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'deutsch' } })
    expect(await screen.findByText('1 of 1')).toBeTruthy()
    await waitFor(() => expect(items()[2]).toContain('Deutschland'))
    // It is the current one, and folding it away again is left alone.
    expect(await screen.findByText('value.customer.country')).toBeTruthy()
    press('ArrowUp')
    press('ArrowLeft')
    expect(items()).toHaveLength(3)
  })

  it('takes twenty thousand nodes, and draws those in sight', () => {
    const many: Value = { kind: 'list', items: Array.from({ length: 20_000 }, (_, i) => text(`item ${i}`)) }
    render(<ValueTree label="Value as a tree" root="value" value={many} />)
    expect(screen.getAllByRole('treeitem').length).toBeLessThan(200)
    fireEvent.focus(tree())
    press('End')
    expect(screen.getByText('value[19999]')).toBeTruthy()
  })
})
