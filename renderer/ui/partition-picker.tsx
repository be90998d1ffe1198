import { useState } from 'react'
import { Button as AriaButton, Dialog, DialogTrigger, ListBox, ListBoxItem } from 'react-aria-components'
import { Button } from './button.tsx'
import { cx, given } from './class-names.ts'
import { formatPartitions } from './format.ts'
import { DownIcon } from './icons.ts'
import { PopoverInside } from './overlay-inside-main.tsx'
import { itemKey, keyedItems } from './list-keys.ts'
import { parsePartitions } from './partition-set.ts'
import { TextField } from './text-field.tsx'
import s from './popover.module.css'

export interface PartitionPickerProps {
  label?: string | undefined
  /** The topic's number of partitions; ids start at 0. */
  count: number
  value: readonly number[]
  onChange: (partitions: number[]) => void
  isDisabled?: boolean | undefined
}

/**
 * "Partitions all 12": opens a text box that takes `0-3, 7`, above buttons with the numbers that show and change the same
 * selection.
 */
export function PartitionPicker({ label = 'Partitions', count, value, onChange, isDisabled }: PartitionPickerProps) {
  const [draft, setDraft] = useState<string>()
  const everything = value.length === count
  const words = everything ? `all ${count}` : value.length === 0 ? 'none' : formatPartitions(value)
  const parsed = draft === undefined ? undefined : parsePartitions(draft, count)
  const choose = (partitions: number[]) => {
    setDraft(undefined)
    onChange(partitions)
  }
  return (
    <DialogTrigger onOpenChange={() => setDraft(undefined)}>
      <AriaButton className={cx(s.trigger)} {...given({ isDisabled })}>
        <span className={s.prefix}>{label}</span>
        <span className={s.value}>{words}</span>
        <DownIcon size={13} className={s.icon} aria-hidden="true" />
      </AriaButton>
      <PopoverInside className={cx(s.popover)} offset={4} placement="bottom start">
        <Dialog aria-label={label} className={cx(s.panel)}>
          <TextField
            label={label}
            layout="hidden"
            autoFocus
            mono
            placeholder="0-3, 7 or all"
            value={draft ?? (everything ? 'all' : formatPartitions(value))}
            error={parsed?.ok === false ? parsed.message : undefined}
            onChange={(text) => {
              setDraft(text)
              const next = parsePartitions(text, count)
              if (next.ok) onChange(next.partitions)
            }}
          />
          <ListBox
            aria-label={`${label}, one by one`}
            className={cx(s.chips)}
            layout="grid"
            selectionMode="multiple"
            // Escape closes the picker. If it cleared the selection instead, people would notice too late.
            escapeKeyBehavior="none"
            selectedKeys={value}
            onSelectionChange={(keys) =>
              choose(keys === 'all' ? allOf(count) : [...keys].map(Number).toSorted((a, b) => a - b))
            }
          >
            {allOf(count).map((partition) => (
              <ListBoxItem key={partition} id={partition} textValue={String(partition)} className={cx(s.chip)}>
                {partition}
              </ListBoxItem>
            ))}
          </ListBox>
          <div className={s.actions}>
            <Button size="small" onPress={() => choose(allOf(count))}>
              All
            </Button>
            <Button size="small" onPress={() => choose([])}>
              None
            </Button>
          </div>
        </Dialog>
      </PopoverInside>
    </DialogTrigger>
  )
}

const allOf = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

export interface MultiSelectProps<Id extends string> {
  label: string
  options: readonly { id: Id; label: string; note?: string }[]
  value: readonly Id[]
  onChange: (value: Id[]) => void
  isDisabled?: boolean | undefined
  /** The field's text for the selection, where a list of the names would be too long or say too little. */
  summary?: string | undefined
}

/** Any number of named things, as one toolbar field: "Topics orders, payments". */
export function MultiSelect<Id extends string>(props: MultiSelectProps<Id>) {
  const { label, options, value, onChange, isDisabled, summary } = props
  const chosen = new Set<string>(value)
  const keyed = keyedItems(options, (option) => option.id)
  const names = options.filter((option) => chosen.has(option.id)).map((option) => option.label)
  const words =
    summary ??
    (names.length === 0
      ? 'none'
      : names.length === options.length && names.length > 1
        ? `all ${names.length}`
        : names.length > 2
          ? `${names.length} of ${options.length}`
          : names.join(', '))
  return (
    <DialogTrigger>
      <AriaButton className={cx(s.trigger)} {...given({ isDisabled })}>
        <span className={s.prefix}>{label}</span>
        <span className={s.value}>{words}</span>
        <DownIcon size={13} className={s.icon} aria-hidden="true" />
      </AriaButton>
      <PopoverInside className={cx(s.popover)} offset={4} placement="bottom start">
        <Dialog aria-label={label}>
          <ListBox
            aria-label={label}
            className={cx(s.list)}
            selectionMode="multiple"
            // Escape closes the picker. If it cleared the selection instead, people would notice too late.
            escapeKeyBehavior="none"
            selectedKeys={value.map(itemKey)}
            onSelectionChange={(keys) =>
              onChange(keyed.filter(({ key }) => keys === 'all' || keys.has(key)).map(({ item }) => item.id))
            }
          >
            {keyed.map(({ key, item: option }) => (
              <ListBoxItem key={key} id={key} textValue={option.label} className={cx(s.item)}>
                {({ isSelected }) => (
                  <>
                    <span className={s.tick}>{isSelected && '✓'}</span>
                    <span className={s.grow}>{option.label}</span>
                    {option.note !== undefined && <span className={s.note}>{option.note}</span>}
                  </>
                )}
              </ListBoxItem>
            ))}
          </ListBox>
        </Dialog>
      </PopoverInside>
    </DialogTrigger>
  )
}
