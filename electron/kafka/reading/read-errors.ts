import { SeeklineError } from '#shared/errors.ts'
import { asSeeklineError } from '../cancellation.ts'
import type { PartitionRead } from './partition-read.ts'

export function recreated(topic: string): SeeklineError {
  return new SeeklineError('kafka.topic-recreated', `${topic} was deleted and created again while it was open.`, {
    hint: 'Open it again: its offsets start at 0 again and have nothing to do with those shown before.',
    details: { topic },
  })
}

export function noPartition(topic: string, partition: number, count: number): SeeklineError {
  return new SeeklineError('kafka.partition-unknown', `${topic} has no partition ${partition}.`, {
    hint: count === 1 ? 'It has one partition, 0.' : `Its partitions are 0 to ${count - 1}.`,
    details: { topic, partition, partitions: count },
  })
}

export function corrupt(topic: string, p: PartitionRead, detail: string): SeeklineError {
  return new SeeklineError(
    'records.corrupt',
    `${topic}[${p.partition}] cannot be read at offset ${p.next}: ${detail}.`,
    {
      hint: 'The rest of this log segment cannot be read either; start at a later offset. Another replica may hold a good copy.',
      details: { topic, partition: p.partition, offset: p.next },
    },
  )
}

export function tooLarge(topic: string, p: PartitionRead): SeeklineError {
  return new SeeklineError(
    'records.too-large',
    `${topic}[${p.partition}]: the batch at offset ${p.next} exceeds 256 MiB.`,
    {
      hint: 'Start at a later offset.',
      details: { topic, partition: p.partition, offset: p.next },
    },
  )
}

/** The broker answers with nothing, again and again, where it has records: they are in remote storage. */
export function remoteSlow(topic: string, p: PartitionRead): SeeklineError {
  return new SeeklineError(
    'kafka.remote-slow',
    `${topic}[${p.partition}]: offset ${p.next} lies in remote storage, and the broker did not get it from there in time.`,
    {
      hint: 'Try again: it may be there by then. The broker’s log says what remote storage answers; remote.fetch.max.wait.ms is how long it waits.',
      retryable: true,
      details: { topic, partition: p.partition, offset: p.next },
    },
  )
}

/** The leader's log is not the one that was read up to here: a replica that lagged behind became leader (KIP-320). */
export function truncated(topic: string, p: PartitionRead, endOffset: bigint): SeeklineError {
  return new SeeklineError(
    'kafka.log-truncated',
    `${topic}[${p.partition}] was cut back to offset ${endOffset} after it had been read up to ${p.next}.`,
    {
      hint: 'A replica that lagged behind became its leader (an unclean election), so records that were read are gone and others have taken their offsets. Read again from there.',
      details: { topic, partition: p.partition, offset: p.next, endOffset },
    },
  )
}

/** The decoder was stopped, or died, over these records. Other errors are returned unchanged. */
export function undecodable(
  topic: string,
  { partition, from, next }: { partition: number; from: bigint; next: bigint },
  error: unknown,
): SeeklineError {
  const failure = asSeeklineError(error)
  if (failure.code !== 'worker.crashed') return failure
  const told = failure.details?.['reason']
  const reason = typeof told === 'string' ? told : failure.message
  return new SeeklineError(
    'worker.crashed',
    `${topic}[${partition}]: the decoder stopped at the offsets ${from} to ${next - 1n}: ${reason}.`,
    {
      hint: `Among them is what takes more memory or time than any record should. Read on from offset ${next}.`,
      details: { topic, partition, from, next },
    },
  )
}
