import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import { Palette } from './palette-list.tsx'

const all = ['Theme', 'Topics', 'Typed orders', 'Typed', 'Groups']

function Names({ onChoose }: { onChoose: (id: string) => void }) {
  const [query, setQuery] = useState('')
  const items = all.filter((one) => one.toLowerCase().startsWith(query.toLowerCase())).map((id) => ({ id, text: id }))
  return (
    <Palette
      isOpen
      onClose={() => undefined}
      label="Go to"
      placeholder=""
      query={query}
      onQueryChange={setQuery}
      sections={items.length === 0 ? [] : [{ id: 'all', title: 'All', items }]}
      onChoose={({ id }) => onChoose(id)}
      empty="Nothing"
    />
  )
}

/** What is chosen when text is typed as a browser tells it, letter by letter, and keys are pressed behind it. */
async function chosen(text: string, ...keys: string[]): Promise<string[]> {
  const ids: string[] = []
  render(<Names onChoose={(id) => ids.push(id)} />)
  const box = await screen.findByRole<HTMLInputElement>('combobox')
  await waitFor(() => expect(document.activeElement).toBe(box))
  for (const letter of text) {
    const isBack = letter === '<'
    const inputType = isBack ? 'deleteContentBackward' : 'insertText'
    fireEvent(box, new InputEvent('beforeinput', { inputType, bubbles: true, cancelable: true }))
    fireEvent.input(box, { target: { value: isBack ? box.value.slice(0, -1) : box.value + letter } })
  }
  for (const key of keys) {
    fireEvent.keyDown(box, { key })
    fireEvent.keyUp(box, { key })
  }
  return ids
}

describe('Enter in the palette', () => {
  afterEach(cleanup)

  it('takes what was typed, however quickly it comes behind the last letter', async () => {
    expect(await chosen('Typed', 'Enter')).toEqual(['Typed orders'])
    cleanup()
    expect(await chosen('g', 'Enter')).toEqual(['Groups'])
  })

  it('takes what is first again after letters were taken back', async () => {
    expect(await chosen('typed<<<<', 'Enter')).toEqual(['Theme'])
  })

  it('takes what the arrows marked', async () => {
    expect(await chosen('typed', 'ArrowDown', 'Enter')).toEqual(['Typed'])
  })

  it('is kept until what may be meant has come, unless something else is typed meanwhile', async () => {
    const ids: string[] = []
    const at = (query: string, names: string[], isReading: boolean) => (
      <Palette
        isOpen
        onClose={() => undefined}
        label="Go to"
        placeholder=""
        query={query}
        onQueryChange={() => undefined}
        sections={[{ id: 'all', title: 'All', items: names.map((id) => ({ id, text: id })) }]}
        onChoose={({ id }) => ids.push(id)}
        waits={(first) => isReading && first?.id !== 'Orders'}
        empty="Nothing yet"
      />
    )
    const enter = () => fireEvent.keyDown(screen.getByRole('combobox'), { key: 'Enter' })
    const { rerender } = render(at('orders', [], true))
    enter()
    rerender(at('orders', ['Reorder'], true))
    expect(ids).toEqual([])
    rerender(at('orders', ['Orders', 'Reorder'], true))
    expect(ids).toEqual(['Orders'])
    rerender(at('ordinals', ['Reorder'], true))
    enter()
    fireEvent.input(screen.getByRole('combobox'), { target: { value: 'ordinal' } })
    rerender(at('ordinal', ['Reorder'], false))
    expect(ids).toEqual(['Orders'])
    enter()
    expect(ids).toEqual(['Orders', 'Reorder'])
  })

  it('takes nothing where nothing is found, or nothing was asked', async () => {
    expect(await chosen('zebra', 'Enter')).toEqual([])
    cleanup()
    expect(await chosen('', 'Enter')).toEqual([])
  })
})
