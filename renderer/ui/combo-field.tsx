import { useMemo } from 'react'
import { ComboBox, Input, ListBox, ListBoxItem, Popover } from 'react-aria-components'
import { cx, given } from './class-names.ts'
import field from './field.module.css'
import s from './popover.module.css'
import { formatGrouped } from './format.ts'
import { FieldShell, fieldClass } from './field-shell.tsx'
import { keyedItems, type Keyed } from './list-keys.ts'

/** Names to choose from that may be 200,000: found the way that whoever keeps them finds them, without a list of all. */
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
  /** It was chosen, or typed and left or confirmed with Enter: for what costs too much to do at each key. */
  onCommit?: ((value: string) => void) | undefined
  /** Names to choose from; any other text may be typed as well. */
  options: readonly string[] | NameChoice
  placeholder?: string | undefined
  error?: string | undefined
  isDisabled?: boolean | undefined
  /** Then the list opens with the first key, not at once over what stands below. */
  autoFocus?: boolean | undefined
  className?: string | undefined
}

/** A list of thousands is narrowed by typing, not scrolled. */
const SHOWN = 50

/** A few hundred names; what may be many more finds them its own way. */
const fewNames = (names: readonly string[]): NameChoice => ({
  includes: (name) => names.includes(name),
  firstWith(text, most) {
    const found = names.filter((name) => name.toLowerCase().includes(text.toLowerCase()))
    return { names: found.slice(0, most), count: found.length }
  },
})

/** A name typed or chosen: thousands of options stay quick, because only the best few are drawn. */
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
    // A name that is there already is no filter: opening the list should offer the others.
    const { names, count } = choice.firstWith(choice.includes(value) ? '' : value.trim(), SHOWN)
    return { shown: keyedItems([...new Set(names)], (name) => name), count }
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
            // With an option under the cursor Enter chooses that one.
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
