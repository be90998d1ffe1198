import { useMemo } from 'react'
import { ComboBox, Input, ListBox, ListBoxItem, Popover } from 'react-aria-components'
import { cx, given } from './class-names.ts'
import field from './field.module.css'
import s from './popover.module.css'
import { formatGrouped } from './format.ts'
import { FieldShell, fieldClass } from './field-shell.tsx'
import { keyedItems, type Keyed } from './list-keys.ts'

/** Names to choose from that may be 200,000: the owner of the names searches them, so no list of all is needed. */
export interface NameChoice {
  includes: (name: string) => boolean
  /** The first `most` names with this text, and how many have it. */
  firstWith: (text: string, most: number) => { names: string[]; count: number }
}

export interface ComboFieldProps {
  label: string
  layout?: 'stacked' | 'inline' | undefined
  value: string
  onChange: (value: string) => void
  /**
   * Called when a value was chosen, or typed and then confirmed with Enter or by leaving the field: for work that is too
   * expensive to do at each key.
   */
  onCommit?: ((value: string) => void) | undefined
  /** Names to choose from; any other text may be typed as well. */
  options: readonly string[] | NameChoice
  placeholder?: string | undefined
  error?: string | undefined
  isDisabled?: boolean | undefined
  /** The list then opens with the first key, and does not at once cover what is below it. */
  autoFocus?: boolean | undefined
  className?: string | undefined
}

/** A list of thousands is narrowed by typing rather than scrolled. */
const SHOWN = 50

/** A few hundred names; what may be many more finds them its own way. */
const fewNames = (names: readonly string[]): NameChoice => ({
  includes: (name) => names.includes(name),
  firstWith(text, most) {
    const needle = text.toLowerCase()
    const found = names.filter((name) => name.toLowerCase().includes(needle))
    return { names: found.slice(0, most), count: found.length }
  },
})

/** A name that is typed or chosen. Thousands of options stay fast, because only the best matches are drawn. */
export function ComboField(props: ComboFieldProps) {
  const {
    label,
    layout = 'stacked',
    value,
    onChange,
    onCommit,
    options,
    placeholder,
    error,
    isDisabled,
    autoFocus,
    className,
  } = props
  const { shown, count } = useMemo(() => {
    const choice = 'firstWith' in options ? options : fewNames(options)
    // The name that is already set does not filter: opening the list should offer the other names.
    const isSet = choice.includes(value)
    const { names, count } = choice.firstWith(isSet ? '' : value.trim(), SHOWN)
    // That name itself stays, wherever it is in a long list: it may have been typed to be chosen.
    const offered = isSet && count > SHOWN && !names.includes(value) ? [value, ...names.slice(0, -1)] : names
    return { shown: keyedItems([...new Set(offered)], (name) => name), count }
  }, [options, value])
  return (
    <ComboBox
      className={fieldClass(layout, className)}
      items={shown}
      inputValue={value}
      onInputChange={onChange}
      allowsCustomValue
      menuTrigger={autoFocus === true ? 'input' : 'focus'}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      onSelectionChange={(key) => {
        const chosen = shown.find((option) => option.key === key)
        if (chosen === undefined) return
        onChange(chosen.item)
        onCommit?.(chosen.item)
      }}
      onBlur={() => onCommit?.(value)}
      {...given({ isDisabled, autoFocus })}
    >
      <FieldShell label={label} layout={layout} error={error}>
        <Input
          className={cx(field.input, field.mono)}
          spellCheck="false"
          onKeyDown={(event) => {
            // If an option is highlighted, Enter chooses it.
            const isChoosing = event.currentTarget.hasAttribute('aria-activedescendant')
            if (event.key === 'Enter' && !isChoosing) onCommit?.(value)
          }}
          {...given({ placeholder })}
        />
      </FieldShell>
      <Popover className={cx(s.popover)} offset={4}>
        <ListBox<Keyed<string>> className={cx(s.list)}>
          {(option) => (
            <ListBoxItem id={option.key} textValue={option.item} className={cx(s.item)}>
              <span className={s.grow}>{option.item}</span>
            </ListBoxItem>
          )}
        </ListBox>
        {count > SHOWN && (
          <p className={s.more}>
            {formatGrouped(SHOWN)} of {formatGrouped(count)}: type to narrow
          </p>
        )}
      </Popover>
    </ComboBox>
  )
}
