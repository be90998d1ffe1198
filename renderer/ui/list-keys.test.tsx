import { act, fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { Button } from './button.tsx'
import { ComboField } from './combo-field.tsx'
import { createListKeys, keyedItems } from './list-keys.ts'
import { Menu } from './menu.tsx'
import { Palette, type PaletteItem, type PaletteSection } from './palette-list.tsx'
import { MultiSelect } from './partition-picker.tsx'
import { Select } from './select.tsx'

/** Names that anybody may give a topic, a group or a profile, and that lists have stumbled over. */
const hostile = ['link', 'link', 'react-aria-1', 'react-aria-2', '', ' ', '0', 'item:link', 'item#2:link', 'line-0']

describe('keys of a list', () => {
  it('never come twice, whatever the names are', () => {
    const keyFor = createListKeys()
    const keys = [...hostile, ...hostile].flatMap((name) => [keyFor('item', name), keyFor('section', name)])
    expect(new Set(keys).size).toBe(keys.length)
    expect(keyedItems(hostile, (name) => name).map(({ item }) => item)).toEqual(hostile)
  })

  it('a palette takes an item that is called like its section, and goes on when that changes', () => {
    const onChoose = vi.fn<(item: PaletteItem) => void>()
    const at = (query: string, sections: PaletteSection<PaletteItem>[]) => (
      <Palette
        isOpen
        onClose={() => undefined}
        label="Go to"
        placeholder=""
        query={query}
        onQueryChange={() => undefined}
        sections={sections}
        onChoose={onChoose}
        empty="nothing"
      />
    )
    const section = (id: string, names: string[]) => ({
      id,
      title: id,
      items: names.map((text) => ({ id: text, text })),
    })
    const { rerender } = render(at('', [section('Topics', ['a'])]))
    for (const query of ['l', 'li', 'lin', 'link']) {
      rerender(at(query, [section('link', ['link', query])]))
      expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual(['link', query])
      fireEvent.keyDown(screen.getByRole('combobox'), { key: 'ArrowDown' })
    }
    rerender(at('x', [section('link', hostile), section('react-aria-1', hostile)]))
    expect(screen.getAllByRole('option')).toHaveLength(2 * hostile.length)
    fireEvent.click(screen.getAllByRole('option')[hostile.length + 1]!)
    expect(onChoose).toHaveBeenLastCalledWith({ id: 'link', text: 'link' })
    rerender(at('y', []))
    expect(screen.getByText('nothing')).toBeTruthy()
  })

  const options = hostile.map((id, index) => ({ id, label: `${index}` }))

  it('a select takes equal names', () => {
    const onChange = vi.fn<(id: string) => void>()
    render(<Select label="To" options={options} value="link" onChange={onChange} />)
    fireEvent.click(screen.getByRole('button'))
    expect(screen.getAllByRole('option', { selected: true })).toHaveLength(1)
    fireEvent.click(screen.getByRole('option', { name: '2' }))
    expect(onChange).toHaveBeenLastCalledWith('react-aria-1')
  })

  it('a menu takes equal names', () => {
    const onAction = vi.fn<(id: string) => void>()
    const items = hostile.map((id, index) => ({ id, label: `${index}`, onAction: () => onAction(`${index}`) }))
    render(
      <Menu label="Do" trigger={<Button>Do</Button>} items={[...items, '-', { heading: 'link', items }, '-', { heading: 'link', items }]} />, // oxfmt-ignore
    )
    fireEvent.click(screen.getByRole('button'))
    expect(screen.getAllByRole('menuitem')).toHaveLength(3 * hostile.length)
    fireEvent.click(screen.getAllByRole('menuitem')[1]!)
    expect(onAction).toHaveBeenLastCalledWith('1')
  })

  it('a choice of many takes equal names', () => {
    const onMany = vi.fn<(ids: string[]) => void>()
    render(<MultiSelect label="Topics" options={options} value={['link']} onChange={onMany} />)
    fireEvent.click(screen.getByRole('button'))
    fireEvent.click(screen.getByRole('option', { name: '2' }))
    expect(onMany).toHaveBeenLastCalledWith(['link', 'react-aria-1'])
  })

  it('a field that completes takes any names, and gives the one that was chosen', () => {
    const Field = () => {
      const [value, setValue] = useState('')
      return <ComboField label="Group" value={value} onChange={setValue} options={hostile} />
    }
    render(<Field />)
    const input = screen.getByRole<HTMLInputElement>('combobox')
    act(() => input.focus())
    for (const text of ['l', 'li', 'link', 'lin', 'r', 're', '']) fireEvent.change(input, { target: { value: text } })
    fireEvent.change(input, { target: { value: 'aria' } })
    fireEvent.click(screen.getByRole('option', { name: 'react-aria-2' }))
    expect(input.value).toBe('react-aria-2')
  })

  it('a name typed in full is offered, wherever it is in a long list', () => {
    const many = Array.from({ length: 200 }, (_, i) => `topic-${String(i).padStart(3, '0')}`)
    const Field = () => {
      const [value, setValue] = useState('')
      return <ComboField label="Topic" value={value} onChange={setValue} options={many} />
    }
    render(<Field />)
    const input = screen.getByRole<HTMLInputElement>('combobox')
    act(() => input.focus())
    fireEvent.change(input, { target: { value: 'topic-150' } })
    const offered = screen.getAllByRole('option').map((option) => option.textContent)
    expect(offered).toHaveLength(50)
    expect(offered.slice(0, 2)).toEqual(['topic-150', 'topic-000'])
  })
})
