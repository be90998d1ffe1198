import { untilHolds } from '../../tests/support/wait-for.ts'
import { act, fireEvent, render, screen, within } from '@testing-library/react'
import { useState } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { Button, IconButton } from './button.tsx'
import { DataGrid } from './data-grid/data-grid.tsx'
import { Dialog, TypedConfirmation } from './dialog.tsx'
import { OffsetField } from './offset-field.tsx'
import { SafeText } from './safe-text.tsx'
import { Seekline } from './seekline.tsx'
import { compareValues, SmallTable } from './small-table.tsx'
import { splitTitle, TabStrip } from './tab-strip.tsx'
import { UiProvider } from './ui-provider.tsx'

const columns = [
  { id: 'p', title: 'P', width: 40 },
  { id: 'offset', title: 'Offset', width: 100 },
]

describe('Tooltip', () => {
  it('stands inside the main landmark, not at the end of the body', async () => {
    render(
      <main>
        <IconButton label="Refresh topics">x</IconButton>
      </main>,
    )
    fireEvent.keyDown(document.body, { key: 'Tab' })
    act(() => screen.getByRole('button').focus())
    const tooltip = await screen.findByRole('tooltip')
    expect(tooltip.closest('main')).not.toBeNull()
  })
})

describe('Button', () => {
  it('refuses presses while pending, keeps its focus, and leaves nothing behind once it is gone', () => {
    const onPress = vi.fn<() => void>()
    const at = (isPending: boolean) => (
      <Button isPending={isPending} onPress={onPress}>
        Plan
      </Button>
    )
    const { rerender, unmount } = render(at(false))
    const button = screen.getByRole('button', { name: 'Plan' })
    button.focus()
    rerender(at(true))
    fireEvent.click(button)
    expect(onPress).not.toHaveBeenCalled()
    expect(button.getAttribute('aria-disabled')).toBe('true')
    expect(document.activeElement).toBe(button)
    rerender(at(false))
    fireEvent.click(button)
    expect(onPress).toHaveBeenCalledTimes(1)
    unmount()
    // React Aria's own pending state leaves a labelled image in its live region whose label is gone.
    expect(document.querySelector('[role="img"]')).toBeNull()
  })
})

describe('DataGrid', () => {
  it('draws only the window of a million rows, and says how many there are', () => {
    const renderCell = (row: number, column: string) => `${column}${row}`
    render(<DataGrid label="Records" columns={columns} rowCount={1_000_000} renderCell={renderCell} />)
    const grid = screen.getByRole('grid', { name: 'Records' })
    expect(grid.getAttribute('aria-rowcount')).toBe('1000001')
    expect(screen.getAllByRole('row').length).toBeLessThan(40)
  })

  it('moves by keyboard, naming the current cell and opening with Enter', () => {
    const onOpen = vi.fn<(row: number) => void>()
    render(
      <DataGrid label="Records" columns={columns} rowCount={50} renderCell={(r, c) => `${c}${r}`} onOpen={onOpen} />,
    )
    const grid = screen.getByRole('grid')
    fireEvent.keyDown(grid, { key: 'ArrowDown' })
    fireEvent.keyDown(grid, { key: 'ArrowDown' })
    fireEvent.keyDown(grid, { key: 'ArrowRight' })
    const current = document.getElementById(grid.getAttribute('aria-activedescendant')!)
    expect(current?.textContent).toBe('offset1')
    expect(screen.getAllByRole('row', { selected: true })).toHaveLength(1)
    fireEvent.keyDown(grid, { key: 'Enter' })
    expect(onOpen).toHaveBeenCalledWith(1)
    expect(fireEvent.keyDown(grid, { key: 'Tab' })).toBe(true)
  })

  it('shows a hole as one cell over all columns', () => {
    render(
      <DataGrid
        label="Records"
        columns={columns}
        rowCount={3}
        renderCell={(r) => r}
        hole={(r) => (r === 1 ? '4 offsets: 3 aborted records' : undefined)}
      />,
    )
    const cell = screen.getByText('4 offsets: 3 aborted records')
    expect(cell.getAttribute('aria-colspan')).toBe('2')
  })

  it('takes the tooltip of what was cut off away once the cell holds something else', () => {
    const wide = vi.spyOn(Element.prototype, 'scrollWidth', 'get').mockReturnValue(1_000)
    const grid = (text: string) => <DataGrid label="Records" columns={columns} rowCount={1} renderCell={() => text} />
    const { rerender } = render(grid('first'))
    const cell = screen.getAllByRole('gridcell')[0]!
    fireEvent.mouseOver(cell)
    expect(cell.title).toBe('first')
    rerender(grid('second'))
    expect(cell.textContent).toBe('second')
    expect(cell.title).toBe('')
    wide.mockRestore()
  })

  it('acts by its menu on the row for which that was opened, wherever the row is by then', () => {
    const acted = vi.fn<(row: string) => void>()
    const grid = (all: string[]) => (
      <DataGrid
        label="Records"
        columns={columns}
        rowCount={all.length}
        renderCell={(row) => all[row]}
        menu={(row) => [{ id: 'act', label: `Act on ${all[row]}`, onAction: () => acted(all[row]!) }]}
      />
    )
    const { rerender } = render(grid(['a', 'b']))
    fireEvent.contextMenu(screen.getAllByRole('gridcell', { name: 'a' })[0]!)
    rerender(grid(['new', 'a', 'b']))
    fireEvent.click(screen.getByRole('menuitem', { name: 'Act on a' }))
    expect(acted).toHaveBeenCalledExactlyOnceWith('a')
    fireEvent.contextMenu(screen.getAllByRole('gridcell', { name: 'new' })[0]!)
    expect(screen.getByRole('menuitem', { name: 'Act on new' })).toBeTruthy()
  })

  it('says that rows beyond what can be scrolled are left out', () => {
    render(<DataGrid label="Records" columns={columns} rowCount={5_000_000} renderCell={(r) => r} />)
    expect(screen.getByText(/of 5.000.000 rows/)).toBeTruthy()
  })
})

describe('SmallTable', () => {
  const rows = [
    { id: 'a', lag: 5n },
    { id: 'b', lag: null },
    { id: 'c', lag: 30n },
  ]
  const table = (filter = '') => (
    <SmallTable
      label="Groups"
      rows={rows}
      rowId={(row) => row.id}
      filter={filter}
      columns={[
        { id: 'name', title: 'Group', width: 80, isSortable: true, value: (row) => row.id },
        { id: 'lag', title: 'Lag', width: 80, isSortable: true, value: (row) => row.lag },
      ]}
    />
  )
  const names = () =>
    screen
      .getAllByRole('row')
      .slice(1)
      .map((row) => within(row).getAllByRole('gridcell')[0]!.textContent)

  it('sorts bigints as numbers, with what is missing last', () => {
    render(table())
    fireEvent.click(screen.getByRole('button', { name: 'Lag' }))
    expect(names()).toEqual(['a', 'c', 'b'])
    fireEvent.click(screen.getByRole('button', { name: 'Lag' }))
    expect(screen.getByRole('columnheader', { name: 'Lag' }).getAttribute('aria-sort')).toBe('descending')
    expect(compareValues('orders-2', 'orders-10')).toBeLessThan(0)
  })

  it('sorts more than can be compared at once in slices, and shows them as they were until then', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => ({ id: `g-${i}`, lag: BigInt((i * 7919) % 5_000) }))
    render(
      <SmallTable
        label="Groups"
        rows={many}
        rowId={(row) => row.id}
        columns={[{ id: 'lag', title: 'Lag', width: 80, isSortable: true, value: (row) => row.lag }]}
      />,
    )
    const head = screen.getByRole('button', { name: 'Lag' })
    fireEvent.click(head)
    expect(names().slice(0, 3)).toEqual(['0', '2919', '838'])
    await untilHolds('they are sorted', () => expect(names().slice(0, 3)).toEqual(['0', '1', '2']))
    fireEvent.click(head)
    await untilHolds('they are sorted', () => expect(names().slice(0, 3)).toEqual(['4999', '4998', '4997']))
  })

  it('selects twenty thousand rows without looking for each among all', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `g-${i}`)
    const id = vi.fn<(row: string) => string>((row) => row)
    const onSelectionChange = vi.fn<(ids: string[]) => void>()
    render(
      <SmallTable
        label="Groups"
        rows={many}
        rowId={id}
        selectionMode="multiple"
        onSelectionChange={onSelectionChange}
        columns={[{ id: 'name', title: 'Group', width: 80, value: (row) => row }]}
      />,
    )
    fireEvent.click(screen.getByText('g-3'))
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'a', ctrlKey: true })
    id.mockClear()
    const looks = vi.spyOn(Array.prototype, 'includes')
    // Once more: all of them are compared with all of them.
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'a', ctrlKey: true })
    const count = looks.mock.calls.length
    looks.mockRestore()
    expect(onSelectionChange).toHaveBeenCalledTimes(2)
    expect(onSelectionChange.mock.lastCall![0]).toEqual(many)
    expect(count).toBeLessThan(1_000)
    expect(id.mock.calls.length).toBeLessThan(20 * many.length)
  })

  it('filters and keeps the selection with its row', () => {
    const { rerender } = render(table())
    fireEvent.click(screen.getByText('c'))
    rerender(table('c'))
    expect(names()).toEqual(['c'])
    expect(screen.getAllByRole('row', { selected: true })).toHaveLength(1)
  })
})

function Offset({ onChange }: { onChange: (value: bigint | undefined) => void }) {
  const [value, setValue] = useState<bigint | undefined>(48_211_907n)
  return (
    <OffsetField
      label="Offset"
      value={value}
      onChange={(next) => {
        setValue(next)
        onChange(next)
      }}
    />
  )
}

describe('OffsetField', () => {
  it('takes grouped text, gives a bigint, and regroups when left', () => {
    const onChange = vi.fn<(value: bigint | undefined) => void>()
    render(<Offset onChange={onChange} />)
    const input = screen.getByRole<HTMLInputElement>('textbox', { name: 'Offset' })
    expect(input.value).toBe('48\u202f211\u202f907')
    fireEvent.change(input, { target: { value: '9 007 199 254 740 993' } })
    expect(onChange).toHaveBeenLastCalledWith(9_007_199_254_740_993n)
    fireEvent.blur(input)
    expect(input.value).toBe('9\u202f007\u202f199\u202f254\u202f740\u202f993')
  })

  it('says what is wrong where it is wrong', () => {
    const onChange = vi.fn<(value: bigint | undefined) => void>()
    render(<Offset onChange={onChange} />)
    const input = screen.getByRole('textbox', { name: 'Offset' })
    fireEvent.change(input, { target: { value: '-5' } })
    expect(onChange).toHaveBeenLastCalledWith(undefined)
    expect(input.getAttribute('aria-invalid')).toBe('true')
    const described = input
      .getAttribute('aria-describedby')!
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent)
    expect(described.join(' ')).toContain('never negative')
  })
})

describe('Dialog', () => {
  /** A press on its button takes the button away, or disables it. */
  function Trial({ title, press, onClose }: { title: string; press: 'removes' | 'disables'; onClose: () => void }) {
    const [wasPressed, setPressed] = useState(false)
    return (
      <Dialog isOpen onClose={onClose} title={title}>
        {(press === 'disables' || !wasPressed) && (
          <Button isDisabled={wasPressed} onPress={() => setPressed(true)}>
            Forget it
          </Button>
        )}
      </Dialog>
    )
  }

  const pressAndEscape = (title: string) => {
    const button = within(screen.getByRole('dialog', { name: title })).getByRole('button', { name: 'Forget it' })
    act(() => button.focus())
    fireEvent.click(button)
    // As a browser does it; the simulated page leaves the focus on what is disabled.
    act(() => button.blur())
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' })
  }

  it.each(['removes', 'disables'] as const)(
    'hears Escape although a press that %s its button lost the focus',
    (press) => {
      const onClose = vi.fn<() => void>()
      render(
        <UiProvider>
          <Trial title="Plans" press={press} onClose={onClose} />
        </UiProvider>,
      )
      pressAndEscape('Plans')
      expect(onClose).toHaveBeenCalledTimes(1)
    },
  )

  it('leaves such an Escape to the one on top', () => {
    const onClose = vi.fn<() => void>()
    const onCloseTop = vi.fn<() => void>()
    const at = (isTopOpen: boolean) => (
      <UiProvider>
        <Trial title="Plans" press="removes" onClose={onClose} />
        {isTopOpen && <Trial title="On top" press="removes" onClose={onCloseTop} />}
      </UiProvider>
    )
    const { rerender } = render(at(false))
    rerender(at(true))
    pressAndEscape('On top')
    expect(onCloseTop).toHaveBeenCalledTimes(1)
    expect(onClose).not.toHaveBeenCalled()
  })
})

describe('TypedConfirmation', () => {
  it('opens the way only for the exact name', () => {
    const onAction = vi.fn<(typed: string) => void>()
    render(
      <TypedConfirmation
        isOpen
        title="Move billing?"
        name="payments-eu"
        action="Apply"
        onAction={onAction}
        onCancel={() => undefined}
      >
        text
      </TypedConfirmation>,
    )
    const dialog = screen.getByRole('alertdialog', { name: 'Move billing?' })
    const input = within(dialog).getByRole('textbox')
    const apply = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Apply' })
    expect(apply.disabled).toBe(true)
    fireEvent.change(input, { target: { value: 'Payments-EU' } })
    expect(apply.disabled).toBe(true)
    fireEvent.keyDown(input, { key: 'Enter' })
    expect(onAction).not.toHaveBeenCalled()
    fireEvent.change(input, { target: { value: 'payments-eu' } })
    expect(apply.disabled).toBe(false)
    fireEvent.click(apply)
    expect(onAction).toHaveBeenCalledExactlyOnceWith('payments-eu')
  })
})

describe('Seekline', () => {
  it('says in words what it draws', () => {
    render(<Seekline label="Partition 3" logStart={10n} highWatermark={90n} position={80n} target={20n} />)
    expect(
      screen.getByRole('img', {
        name: 'Partition 3: Log from 10 to 90; position 80; new position 20, repeats 60 offsets.',
      }),
    ).toBeTruthy()
  })
})

describe('SafeText', () => {
  it('shows markup as text and names hidden characters', () => {
    const { container } = render(<SafeText text={'<img src=x onerror=alert(1)>\u202e'} />)
    expect(container.querySelector('img')).toBeNull()
    expect(screen.getByTitle('right-to-left override (U+202E)')).toBeTruthy()
  })
})

describe('TabStrip', () => {
  it('cuts a long title before what tells it from its neighbours', () => {
    const name = 'eu.payments.captured.by-merchant-and-day'
    const whole = [
      `${name} · messages`,
      `${name} · replay`,
      `${name} · messages · Prod EU`,
      `${name}.v2 · messages`,
      name,
    ]
    const tails = whole.map((text) => splitTitle(text).tail)
    expect(new Set(tails).size).toBe(whole.length)
    expect(whole.map((text) => splitTitle(text).head + splitTitle(text).tail)).toEqual(whole)
    expect(splitTitle('Groups')).toEqual({ head: '', tail: 'Groups' })
    expect(splitTitle('')).toEqual({ head: '', tail: '' })
    expect(splitTitle(`${'😀'.repeat(20)}1234567`).tail.codePointAt(0)).toBe(0x1f600)
  })

  it('walks with arrows and closes with Delete', () => {
    const onSelect = vi.fn<(id: string) => void>()
    const onClose = vi.fn<(id: string) => void>()
    const tabs = ['a', 'b', 'c'].map((id) => ({ id, title: id }))
    render(<TabStrip label="Open tabs" tabs={tabs} selected="a" onSelect={onSelect} onClose={onClose} />)
    fireEvent.keyDown(screen.getByRole('tab', { name: 'a' }), { key: 'ArrowLeft' })
    expect(onSelect).toHaveBeenLastCalledWith('c')
    fireEvent.keyDown(screen.getByRole('tab', { name: 'b' }), { key: 'Delete' })
    expect(onClose).toHaveBeenCalledWith('b')
  })
})
