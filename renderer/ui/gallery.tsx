import { useState, type ReactNode } from 'react'
import { SeeklineError } from '#shared/errors.ts'
import { Badge, EnvironmentChip } from './badge.tsx'
import { Button, IconButton, ToggleButton } from './button.tsx'
import { Checkbox, RadioGroup, Toggle } from './checkbox.tsx'
import { CopyButton } from './copy-button.tsx'
import { DataGrid } from './data-grid/data-grid.tsx'
import { DateTimeField } from './date-time-field.tsx'
import { AlertDialog, TypedConfirmation } from './dialog.tsx'
import { ErrorBanner } from './error-banner.tsx'
import { formatGrouped, formatTimestampShort } from './format.ts'
import { HexView } from './hex-view.tsx'
import { PinIcon, RefreshIcon } from './icons.ts'
import { JsonView } from './json-view.tsx'
import { Bar, Facts, Spacer, Summary } from './layout.tsx'
import { Menu } from './menu.tsx'
import { OffsetField } from './offset-field.tsx'
import { MultiSelect, PartitionPicker } from './partition-picker.tsx'
import { Progress } from './progress.tsx'
import { UiProvider } from './ui-provider.tsx'
import { SafeText } from './safe-text.tsx'
import { Seekline } from './seekline.tsx'
import { Segmented } from './segmented.tsx'
import { Select } from './select.tsx'
import { SmallTable, type TableColumn } from './small-table.tsx'
import { StateView } from './state-view.tsx'
import { SearchField, TextField } from './text-field.tsx'
import { TextView } from './text-view.tsx'
import { toast } from './toast.tsx'
import s from './gallery.module.css'

/** Shows every component of the kit; `#gallery` in development. */
export function Gallery() {
  return (
    <UiProvider>
      <main className={s.page}>
        <Controls />
        <Seeklines />
        <Grids />
        <div className={s.columns}>
          <Box>
            <JsonView
              label="Value"
              text='{"orderId":"88123","id":12345678901234567890,"ok":true,"lines":[{"sku":"A-1","qty":2}]}'
            />
          </Box>
          <Box>
            <TextView label="Text" text={`one\ntwo\n${'x'.repeat(1_000_000)}\nuser\u202e txt.exe\u0000`} />
          </Box>
          <Box>
            <HexView
              label="Bytes"
              bytes={new TextEncoder().encode('Seekline reads bytes, größer als ASCII. '.repeat(300))}
            />
          </Box>
        </div>
        <States />
      </main>
    </UiProvider>
  )
}

const Box = ({ children }: { children: ReactNode }) => <div className={s.box}>{children}</div>

// oxlint-disable-next-line max-lines-per-function -- a gallery: each control once
function Controls() {
  const [text, setText] = useState('')
  const [on, setOn] = useState(true)
  const [view, setView] = useState<'json' | 'text' | 'hex'>('json')
  const [offset, setOffset] = useState<bigint | undefined>(48_211_907n)
  const [time, setTime] = useState<bigint | undefined>(1_795_356_300_000n)
  const [partitions, setPartitions] = useState([0, 1, 2, 3, 7])
  const [order, setOrder] = useState<'time' | 'offset'>('time')
  const [topics, setTopics] = useState<('a' | 'b')[]>(['a'])
  const [asking, setAsking] = useState<'typed' | 'alert'>()
  return (
    <>
      <Bar label="Browse">
        <DateTimeField label="From" layout="inline" zone="UTC" value={time} onChange={setTime} />
        <PartitionPicker count={12} value={partitions} onChange={setPartitions} />
        <MultiSelect
          label="Topics"
          options={[
            { id: 'a', label: 'orders' },
            { id: 'b', label: 'payments' },
          ]}
          value={topics}
          onChange={setTopics}
        />
        <TextField
          label="Filter"
          layout="inline"
          mono
          value={text}
          onChange={setText}
          placeholder="value.total > 100"
        />
        <Select
          label="Order"
          layout="inline"
          value={order}
          onChange={setOrder}
          options={[
            { id: 'time', label: 'time' },
            { id: 'offset', label: 'offset' },
          ]}
        />
        <Spacer />
        <Button variant="primary">Search</Button>
      </Bar>
      <Summary
        badges={
          <>
            <Badge tone="ok">group empty</Badge>
            <Badge tone="warn">2 clamped</Badge>
            <Badge tone="bad">1 refused</Badge>
          </>
        }
      >
        <b>billing will read {formatGrouped(712480)} records again</b>, from 14:05:00 on, about 310 MB. 7 partitions
        move back, 1 cannot. The group is empty; nothing is written until you apply.
      </Summary>
      <div className={s.row}>
        <Button>Default</Button>
        <Button variant="danger" onPress={() => setAsking('typed')}>
          Apply…
        </Button>
        <Button variant="quiet" onPress={() => setAsking('alert')}>
          Delete…
        </Button>
        <Button variant="link" onPress={() => toast({ text: 'Copied 3 rows.', tone: 'ok' })}>
          Notice
        </Button>
        <Button isDisabled>Disabled</Button>
        <Button isPending>Reading</Button>
        <IconButton label="Refresh" shortcut="F5">
          <RefreshIcon size={14} />
        </IconButton>
        <ToggleButton isSelected={on} onChange={setOn} label="Pin">
          <PinIcon size={13} />
        </ToggleButton>
        <CopyButton text="48211907" />
        <Segmented
          label="Show as"
          value={view}
          onChange={setView}
          options={[
            { id: 'json', label: 'JSON' },
            { id: 'text', label: 'Text' },
            { id: 'hex', label: 'Hex' },
          ]}
        />
        <Menu
          label="Copy"
          trigger={<Button>Copy ▾</Button>}
          items={[
            { id: 'a', label: 'As coordinates', shortcut: 'Mod+C', onAction: () => undefined },
            '-',
            { id: 'b', label: 'Delete', isDanger: true, onAction: () => undefined },
          ]}
        />
        <Checkbox isSelected={on} onChange={setOn}>
          Show holes
        </Checkbox>
        <Toggle isSelected={on} onChange={setOn}>
          Live
        </Toggle>
        <EnvironmentChip color="var(--profile-red)">payments-eu · production</EnvironmentChip>
        <Progress
          label="read"
          done={5_200_000n}
          total={8_400_000n}
          unit="offsets"
          perSecond={2_900_000}
          timeLeft={1100}
        />
      </div>
      <div className={s.columns}>
        <OffsetField label="Offset" value={offset} onChange={setOffset} max={50_000_000n} />
        <SearchField label="Filter topics" value={text} onChange={setText} />
        <RadioGroup
          label="Start"
          value={order}
          onChange={setOrder}
          options={[
            { id: 'time', label: 'A time', note: 'The first offset whose timestamp is not before it.' },
            { id: 'offset', label: 'An offset' },
          ]}
        />
      </div>
      <TypedConfirmation
        isOpen={asking === 'typed'}
        title="Move billing on production?"
        name="payments-eu"
        action="Apply to 7 partitions"
        onAction={() => setAsking(undefined)}
        onCancel={() => setAsking(undefined)}
        isDanger
      >
        <p>billing will read 712 480 records again.</p>
      </TypedConfirmation>
      <AlertDialog
        isOpen={asking === 'alert'}
        title="Delete the profile payments-staging?"
        action="Delete profile"
        onAction={() => setAsking(undefined)}
        onCancel={() => setAsking(undefined)}
        isDanger
      >
        <p>Its stored passwords go with it. The cluster is not touched.</p>
      </AlertDialog>
    </>
  )
}

function Seeklines() {
  const log = { logStart: 1_100_020n, highWatermark: 1_204_904n }
  return (
    <div className={s.columns}>
      <Seekline {...log} position={1_204_110n} target={1_130_000n} />
      <Seekline {...log} position={1_120_000n} target={1_180_000n} />
      <Seekline {...log} position={12_004n} target={1_150_000n} />
      <Seekline {...log} position={1_300_000n} />
      <Seekline {...log} position={null} lastStable={1_180_000n} />
      <Seekline {...log} range={{ start: 1_130_000n, end: 1_170_000n }} />
    </div>
  )
}

interface Place {
  partition: number
  now: bigint | null
  next: bigint
}
const places: Place[] = Array.from({ length: 9 }, (_, i) => ({
  partition: i,
  now: i === 7 ? null : 1_204_110n - BigInt(i * 7919),
  next: 1_101_877n + BigInt(i * 311),
}))
const placeColumns: TableColumn<Place>[] = [
  { id: 'p', title: 'Partition', width: 84, align: 'end', mono: true, isSortable: true, value: (row) => row.partition },
  {
    id: 'now',
    title: 'Now',
    width: 110,
    align: 'end',
    mono: true,
    isSortable: true,
    value: (row) => row.now,
    cell: (row) => (row.now === null ? 'none' : formatGrouped(row.now)),
  },
  {
    id: 'line',
    title: 'Log start → high watermark',
    width: 180,
    flex: 1,
    value: () => null,
    cell: (row) => <Seekline logStart={1_050_000n} highWatermark={1_210_000n} position={row.now} target={row.next} />,
  },
]

function Grids() {
  return (
    <div className={s.columns} style={{ gridTemplateColumns: '2fr 1fr' }}>
      <Box>
        <DataGrid
          label="Records"
          selectionMode="multiple"
          columns={[
            { id: 'p', title: 'Partition', width: 84, align: 'end', mono: true },
            { id: 'offset', title: 'Offset', width: 110, align: 'end', mono: true },
            { id: 'time', title: 'Timestamp · UTC', width: 170, mono: true },
            { id: 'value', title: 'Value', width: 160, flex: 1, mono: true },
          ]}
          rowCount={5_000_000}
          hole={(row) =>
            row % 7 === 2
              ? `${formatGrouped(row)} – ${formatGrouped(row + 3)} · 4 offsets: 3 aborted records, 1 marker`
              : undefined
          }
          renderCell={(row, column) => {
            if (column === 'p') return row % 12
            if (column === 'offset') return formatGrouped(48_211_907 + row)
            if (column === 'time') return formatTimestampShort(1_795_356_311_482 + row * 977, 'UTC')
            return <SafeText text={`{"orderId":"${88123 + row}","customer":{"id":4711\u202e}}`} />
          }}
          menu={() => [{ id: 'copy', label: 'Copy coordinates', onAction: () => undefined }]}
        />
      </Box>
      <Box>
        <SmallTable label="Positions" columns={placeColumns} rows={places} rowId={(row) => String(row.partition)} />
      </Box>
    </div>
  )
}

function States() {
  const error = new SeeklineError('kafka.group-live', 'billing has 3 live members, so its positions cannot be moved.', {
    hint: 'Stop worker-1, worker-2 and worker-3, or wait until they leave.',
  })
  return (
    <>
      <ErrorBanner error={error} onRetry={() => undefined} />
      <StateView kind="partial" title="9 of 12 partitions were read.">
        Broker 3 did not answer for partitions 3, 7 and 11.
      </StateView>
      <div className={s.columns}>
        <StateView kind="empty" title="No groups have positions here." actions={<Button>Look at topics</Button>}>
          Start a consumer, or move a group here.
        </StateView>
        <StateView kind="loading" title="Reading orders…" />
        <StateView kind="unauthorised" title="You may not describe this group.">
          Ask for DESCRIBE on group billing.
        </StateView>
      </div>
      <Facts
        items={[
          ['Timestamp', '2026-11-22 14:05:11.482 UTC · CreateTime'],
          ['Key', <code key="key">order-88123</code>],
        ]}
      />
    </>
  )
}
