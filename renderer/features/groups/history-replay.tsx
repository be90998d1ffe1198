import { useMemo, useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import { keyOf, partitionKey } from '#shared/model/topic-partition.ts'
import { committedBetween, lostOf, rangesOf, type MissingStart } from '#shared/offsets/committed-between.ts'
import { useNavigation } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatGrouped, formatTimestamp, type Zone } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { Select } from '../../ui/select.tsx'
import { count } from './group-words.ts'
import type { Moments } from './history-chart.tsx'
import type { Edges } from './history-lines.ts'
import type { History } from './history-store.ts'
import s from './history.module.css'

export interface HistoryReplayProps {
  group: string
  connectionId: ConnectionId
  history: History
  edges: ReadonlyMap<string, Edges>
  moments: Moments
  topics: readonly string[]
  zone: Zone
  onClose: () => void
}

/** The most ranges that a replay accepts. */
const MOST_RANGES = 10_000
const starts = [
  { id: 'first-commit', label: 'its first commit since', note: 'what lies before is not copied' },
  { id: 'log-start', label: 'the log start', note: 'all that is there before it' },
] as const

/** Asks for what is missing and passes the exact ranges to a replay. */
export function HistoryReplay(props: HistoryReplayProps) {
  const { group, connectionId, moments, topics, zone, onClose } = props
  // oxfmt-ignore
  const navigation = useNavigation()
  const [topic, setTopic] = useState(topics[0]!) // the dialog is shown only for a history with commits, and each has a topic
  const [pass, setPass] = useState('once')
  const [start, setStart] = useState<MissingStart>('first-commit')
  const { ranges, offsets, lost, passes, rewound, open } = useRanges({ ...props, topic, pass, start })
  const isTooMany = ranges.length > MOST_RANGES
  const toReplay = () => {
    const text = ranges.map(({ partition, from, to }) => `${partition}:${from}-${to}`).join(', ')
    navigation.open({ kind: 'replay', connectionId, topic, offsets: text })
    onClose()
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Replay what it committed between"
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={ranges.length === 0 || isTooMany} onPress={toReplay}>
            Plan the replay…
          </Button>
        </>
      }
    >
      <div className={s.choice}>
        <p>
          <SafeText
            text={`From ${formatTimestamp(moments.from, zone)} to ${formatTimestamp(moments.at, zone)} ${group} committed ${formatGrouped(offsets)} offsets of ${topic}, on ${count(new Set(ranges.map(({ partition }) => partition)).size, 'partition')}.`}
            limit={700}
          />{' '}
          Committed is not processed: markers, aborted and compacted records among them are not copied.
        </p>
        {topics.length > 1 && (
          <Select
            label="Topic"
            options={topics.map((id) => ({ id, label: id }))}
            value={topic}
            onChange={(next) => {
              setTopic(next)
              setPass('once')
            }}
          />
        )}
        {passes > 1 && (
          <Select
            label={`Its position moved back on ${count(rewound, 'partition')}`}
            options={[
              { id: 'once', label: 'each record once', note: 'all passes together' },
              ...Array.from({ length: passes }, (_, i) => ({ id: String(i), label: `pass ${i + 1} of ${passes}`, note: 'a replay of its own' })), // oxfmt-ignore
            ]}
            value={pass}
            onChange={setPass}
          />
        )}
        {open.length > 0 && (
          <Select
            label={`Where ${count(open.length, 'partition')} stood at the first moment is not known: begin at`}
            options={starts}
            value={start}
            onChange={setStart}
          />
        )}
        {notesOf(ranges.length, lost).map((note) => (
          <p key={note}>{note}</p>
        ))}
      </div>
    </Dialog>
  )
}

function notesOf(ranges: number, lost: bigint): string[] {
  if (ranges === 0) return ['Nothing was committed in between.']
  return [
    ...(lost > 0n ? [`${formatGrouped(lost)} of these offsets lie before the log start by now: they are lost.`] : []),
    ...(ranges > MOST_RANGES ? [`These are ${formatGrouped(ranges)} ranges; a replay takes ${formatGrouped(MOST_RANGES)}.`] : []), // oxfmt-ignore
  ]
}

interface Choice extends Pick<HistoryReplayProps, 'history' | 'edges' | 'moments'> {
  topic: string
  pass: string
  start: MissingStart
}

/** The ranges that would be copied, and the topics to choose from. */
function useRanges({ history, edges, moments, topic, pass, start }: Choice) {
  const parts = useMemo(() => {
    const mine = history.points.filter((point) => point.topic === topic)
    const partitions = [...new Map(mine.map((point) => [keyOf(point), point])).values()]
    const at = { from: moments.from, to: moments.at }
    return committedBetween(mine, history.searched, partitions, at).sort((a, b) => a.partition - b.partition)
  }, [history, topic, moments])
  const logStart = (partition: number) => edges.get(partitionKey(topic, partition))?.logStart ?? undefined
  const ranges = rangesOf(parts, { pass: pass === 'once' ? null : Number(pass), start }, (at) => logStart(at.partition))
  return {
    ranges,
    offsets: ranges.reduce((sum, { from, to }) => sum + to - from, 0n),
    lost: lostOf(ranges, logStart),
    passes: Math.max(0, ...parts.map((part) => part.passes.length)),
    rewound: parts.filter((part) => part.passes.length > 1).length,
    open: parts.filter((part) => part.noStart !== null && part.firstSince !== null),
  }
}
