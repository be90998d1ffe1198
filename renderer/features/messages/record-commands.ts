import { commandOn, subject } from '../../workbench/command.ts'

/** The actions for the open record. */
export interface OpenRecord {
  copy: (part: 'value' | 'key') => void
  copyHeaders: () => void
  copyJson: () => void
  saveValue: () => void
  compareWithPrevious: () => void
  /** Fills the form of a new record from this one. */
  produce: () => void
  /** Moves a group to this record. */
  move: () => void
  /** Skips this record for the group from which the view was opened; without such a group there is no skipping. */
  skip: (() => void) | undefined
}

export const openRecord = subject<OpenRecord>('open record')
/** Opens the schema by which the record's value, or else its key, was decoded. */
export const recordSchema = subject<() => void>('schema of the open record')
/** Searches for records with the open record's key. */
export const recordKey = subject<() => void>('key of the open record')

const menu = 'record'

export const recordCommands = [
  commandOn(recordSchema, {
    id: 'record.schema',
    title: 'Open the schema of the open record',
    words: 'registry subject avro protobuf',
    keys: ['Alt+Shift+S'],
    menu,
    run: (open) => open(),
  }),
  commandOn(recordKey, {
    id: 'record.sameKey',
    title: 'Find other records with this key',
    words: 'history search versions',
    keys: ['Alt+K'],
    menu,
    run: (find) => find(),
  }),
  commandOn(openRecord, {
    id: 'record.copyValue',
    title: 'Copy value of the open record',
    menu,
    run: (record) => record.copy('value'),
  }),
  commandOn(openRecord, {
    id: 'record.copyKey',
    title: 'Copy key of the open record',
    menu,
    run: (record) => record.copy('key'),
  }),
  commandOn(openRecord, {
    id: 'record.copyHeaders',
    title: 'Copy headers of the open record',
    menu,
    run: (record) => record.copyHeaders(),
  }),
  commandOn(openRecord, {
    id: 'record.copyJson',
    title: 'Copy the open record as JSON',
    menu,
    run: (record) => record.copyJson(),
  }),
  commandOn(openRecord, {
    id: 'record.saveValue',
    title: 'Save value of the open record…',
    menu,
    run: (record) => record.saveValue(),
  }),
  commandOn(openRecord, {
    id: 'record.compare',
    title: 'Compare with the previous record of its key…',
    words: 'diff difference changes history',
    menu,
    run: (record) => record.compareWithPrevious(),
  }),
  commandOn(openRecord, {
    id: 'record.produce',
    title: 'Edit and produce the open record…',
    words: 'write again copy change republish tombstone',
    keys: ['Alt+Shift+E'],
    menu,
    run: (record) => record.produce(),
  }),
  commandOn(openRecord, {
    id: 'record.move',
    title: 'Move a group to this record…',
    words: 'reset seek offsets position rewind',
    menu,
    run: (record) => record.move(),
  }),
  commandOn(openRecord, {
    id: 'record.skip',
    title: 'Skip this record for its group…',
    words: 'poison pill advance',
    menu,
    when: (record) => record.skip !== undefined,
    run: (record) => record.skip?.(),
  }),
]
