import { useId, useMemo, useState, type ReactNode } from 'react'
import { Button, Label, ListBox, ListBoxItem, ListLayout, Popover, Select as AriaSelect, SelectValue, Virtualizer } from 'react-aria-components' // oxfmt-ignore
import { cx, given } from './class-names.ts'
import { CheckIcon, DownIcon } from './icons.ts'
import field from './field.module.css'
import { itemKey, keyedItems } from './list-keys.ts'
import s from './popover.module.css'

export interface SelectOption<Id extends string> {
  id: Id
  label: string
  note?: ReactNode
  isDisabled?: boolean
}

export interface SelectProps<Id extends string> {
  label: string
  options: readonly SelectOption<Id>[]
  value: Id | null
  onChange: (value: Id) => void
  layout?: 'stacked' | 'inline' | 'hidden' | undefined
  placeholder?: string | undefined
  isDisabled?: boolean | undefined
  /** Draws the most important choice of a bar more prominently. */
  isProminent?: boolean | undefined
  className?: string | undefined
}

/**
 * Keeps the first array of options while its content is equal: most callers build a new array for each render, and a list that
 * is rebuilt under the pointer loses the press.
 */
function useSame<Id extends string>(options: readonly SelectOption<Id>[]): readonly SelectOption<Id>[] {
  const [same, setSame] = useState(options)
  if (same === options || (same.length === options.length && same.every((one, i) => isSame(one, options[i]!))))
    // both have the same length, as checked
    return same // as many
  setSame(options)
  return options
}

const isSame = <Id extends string>(a: SelectOption<Id>, b: SelectOption<Id>): boolean =>
  a.id === b.id && a.label === b.label && a.note === b.note && a.isDisabled === b.isDisabled

/** From this number of options on only the visible ones are drawn: five hundred options took the page a fifth of a second. */
const MANY = 100
const rows = { rowHeight: 28 }

export function Select<Id extends string>(props: SelectProps<Id>) {
  const { label, options, value, onChange, layout = 'stacked', placeholder = 'Choose…', isDisabled, className } = props
  const textId = useId()
  const same = useSame(options)
  const keyed = useMemo(() => keyedItems(same, (option) => option.id), [same])
  const list = (
    <ListBox className={cx(s.list, options.length > MANY && s.many)} items={keyed}>
      {({ key, item: option }) => (
        <ListBoxItem
          id={key}
          textValue={option.label}
          className={cx(s.item)}
          {...given({ isDisabled: option.isDisabled })}
        >
          {({ isSelected }) => (
            <>
              <span className={s.tick}>{isSelected && <CheckIcon size={13} aria-hidden="true" />}</span>
              <span className={s.grow}>{option.label}</span>
              {option.note !== undefined && <span className={s.note}>{option.note}</span>}
            </>
          )}
        </ListBoxItem>
      )}
    </ListBox>
  )
  return (
    <AriaSelect
      className={cx(field.field, className)}
      value={value === null ? null : itemKey(value)}
      onChange={(key) => {
        const chosen = keyed.find((option) => option.key === key)
        if (chosen !== undefined) onChange(chosen.item.id)
      }}
      placeholder={placeholder}
      {...given({ isDisabled, 'aria-label': layout === 'hidden' ? label : undefined })}
    >
      {layout === 'stacked' && <Label className={cx(field.label)}>{label}</Label>}
      {/* With the label inside, the name is what is read there, in that order: voice control says what it sees. */}
      <Button
        className={cx(s.trigger, layout === 'stacked' && s.stretch, props.isProminent === true && s.prominent)}
        {...given({ 'aria-labelledby': layout === 'inline' ? textId : undefined })}
      >
        <span id={textId} style={{ display: 'contents' }}>
          {layout === 'inline' && <Label className={cx(s.prefix)}>{label}</Label>}
          <SelectValue className={cx(s.value)}>
            {({ defaultChildren, isPlaceholder, selectedText }) => (isPlaceholder ? defaultChildren : selectedText)}
          </SelectValue>
        </span>
        <DownIcon size={13} className={s.icon} aria-hidden="true" />
      </Button>
      <Popover className={cx(s.popover)} offset={4}>
        {options.length > MANY ? (
          <Virtualizer layout={ListLayout} layoutOptions={rows}>
            {list}
          </Virtualizer>
        ) : (
          list
        )}
      </Popover>
    </AriaSelect>
  )
}
