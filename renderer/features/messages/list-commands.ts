import { commandOn, subject } from '../../workbench/command.ts'

/** Reverses the order of the active list. */
export const messageOrder = subject<() => void>('order of messages')

/** Opens the choice of decoders for the topic of the active list. */
export interface TopicDecoding {
  choose: (part: 'key' | 'value') => void
  automatic: () => void
}
export const topicDecoding = subject<TopicDecoding>('decoding of the topic')

/** Exports what is searched or read to a file. */
export const exporting = subject<() => void>('export of records')

/** Opens the list of stored searches, of all topics. */
export const keptSearches = subject<() => void>('kept searches')

export const listCommands = [
  commandOn(keptSearches, {
    id: 'messages.searches',
    title: 'Kept searches…',
    words: 'history resume go on former results',
    menu: 'view',
    run: (open) => open(),
  }),
  commandOn(exporting, {
    id: 'messages.export',
    title: 'Export records…',
    words: 'save file ndjson json csv download dump',
    keys: ['Alt+X'],
    menu: 'record',
    run: (open) => open(),
  }),
  commandOn(topicDecoding, {
    id: 'messages.decodeValues',
    title: 'Decode values as…',
    words: 'avro protobuf schema charset format encoding deserialize serde',
    menu: 'record',
    run: ({ choose }) => choose('value'),
  }),
  commandOn(topicDecoding, {
    id: 'messages.decodeKeys',
    title: 'Decode keys as…',
    words: 'avro protobuf schema charset format encoding deserialize serde',
    menu: 'record',
    run: ({ choose }) => choose('key'),
  }),
  commandOn(topicDecoding, {
    id: 'messages.decodeAutomatically',
    title: 'Decode values automatically',
    words: 'default format encoding',
    keys: ['Alt+A'],
    menu: 'record',
    run: ({ automatic }) => automatic(),
  }),
  commandOn(messageOrder, {
    id: 'messages.order',
    title: 'Newest messages first, or last',
    words: 'sort order reverse latest descending',
    menu: 'view',
    run: (turn) => turn(),
  }),
]
