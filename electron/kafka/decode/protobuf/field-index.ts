import { Undecodable } from '../codec.ts'
import type { MessageLayout } from './message-layout.ts'
import { placesIn } from './unknown-fields.ts'
import { KIND, MOST_LEVELS, tooDeep, type ProtoReader } from './proto-reader.ts'

/**
 * The limit on slots for one value, with more for each of its bytes: a few bytes can hold many empty messages with many fields
 * each.
 */
const LEAST_WORK = 1_000_000
const WORK_FOR_EACH = 16
const MOST_RUNS = 16 << 20

/**
 * The slots of a run: where it starts and ends on the wire, tags included; the next run or -1; and in the first run, the last
 * one.
 */
const START = 0
const END = 1
const NEXT = 2
const LAST = 3

/** Says that the previous field was an unknown one. */
const UNKNOWN = -1

/**
 * Where the fields of a message are. On the wire they come in any order and may repeat, but they are needed in the schema's
 * order: so a message is scanned once to find its fields, which are then read from there. The index is a stack, with a frame
 * for each open message.
 *
 * A frame has a slot for each field: its first run or, if only the last value of a field counts, the place of that value; -1:
 * it is absent. Then a slot for unknown fields, one with the frame's own data, and one for each oneof.
 */
export class FieldIndex {
  #slots = new Int32Array(256)
  /** Runs: consecutive values of one field. */
  #runs = new Int32Array(96)
  #top = 0
  #runTop = 0
  #work = 0
  #level = 0

  /** Clears the index for a value of this many bytes. */
  reset(size: number): void {
    this.#top = this.#runTop = this.#level = 0
    this.#work = LEAST_WORK + WORK_FOR_EACH * size
    if (this.#runs.length > 1 << 18) this.#runs = new Int32Array(96)
  }

  slot(at: number): number {
    return this.#slots[at]! // at is the index of a slot
  }

  start(run: number): number {
    return this.#runs[run + START]! // a run always has all of its slots
  }

  end(run: number): number {
    return this.#runs[run + END]! // a run always has all of its slots
  }

  next(run: number): number {
    return this.#runs[run + NEXT]! // a run always has all of its slots
  }

  /** Scans the message at the reader, to its end; returns where its frame begins. */
  open(reader: ProtoReader, layout: MessageLayout): number {
    const frame = this.#frame(layout)
    const { fields } = layout
    let before = -2
    while (reader.at < reader.end) {
      const start = reader.at
      const tag = reader.tag()
      const at = layout.find(tag)
      if (at === UNKNOWN) {
        reader.skip(tag)
        this.#add(frame + fields.length, start, reader.at, before === UNKNOWN)
      } else {
        const { isRun, oneof } = fields[at]! // at is an index into the fields
        if (oneof >= 0) this.#choose(frame, oneof, at)
        if (isRun) {
          reader.skip(tag)
          this.#add(frame + at, start, reader.at, before === at)
        } else {
          this.#slots[frame + at] = reader.at
          reader.skip(tag)
        }
      }
      before = at
    }
    return frame
  }

  close(frame: number, layout: MessageLayout): void {
    this.#runTop = this.#slots[frame + layout.fields.length + 1]! // the last slot of a frame keeps where the runs ended before it
    this.#top = frame
    this.#level -= 1
  }

  /** A state to return to if a message turns out to be invalid. */
  mark(): readonly [number, number, number] {
    return [this.#top, this.#runTop, this.#level]
  }

  release([top, runTop, level]: readonly [number, number, number]): void {
    this.#top = top
    this.#runTop = runTop
    this.#level = level
  }

  /** Where unknown fields are, by their numbers. */
  places(reader: ProtoReader, first: number): Map<number, number[]> {
    const { end } = reader
    const places = new Map<number, number[]>()
    for (let run = first; run >= 0; run = this.next(run)) {
      reader.at = this.start(run)
      reader.end = this.end(run)
      placesIn(reader, places)
    }
    reader.end = end
    return places
  }

  /** A message that was sent in several pieces, concatenated; null: it came in one piece, where the reader then is. */
  joined(reader: ProtoReader, first: number, kind: number): Uint8Array | null {
    reader.at = this.start(first)
    reader.tag()
    const isGroup = kind === KIND.group
    const start = reader.at
    const behind = isGroup ? reader.group() : reader.length()
    reader.at = start
    if (this.next(first) < 0 && behind === this.end(first)) return null
    const pieces: Uint8Array[] = []
    let length = 0
    for (let run = first; run >= 0; run = this.next(run)) {
      reader.at = this.start(run)
      while (reader.at < this.end(run)) {
        reader.tag()
        const end = isGroup ? reader.group() : reader.length()
        const piece = reader.bytes.subarray(reader.at, isGroup ? reader.groupEnd : end)
        length += piece.length
        pieces.push(piece)
        reader.at = end
      }
    }
    const whole = new Uint8Array(length)
    let at = 0
    for (const piece of pieces) {
      whole.set(piece, at)
      at += piece.length
    }
    return whole
  }

  #frame(layout: MessageLayout): number {
    const frame = this.#top
    if ((this.#level += 1) > MOST_LEVELS) throw tooDeep()
    if ((this.#work -= layout.slots) < 0) throw new Undecodable('more messages with many fields than can be shown')
    this.#top += layout.slots
    if (this.#top > this.#slots.length) this.#slots = grown(this.#slots, this.#top)
    this.#slots.fill(-1, frame, this.#top)
    this.#slots[frame + layout.fields.length + 1] = this.#runTop
    return frame
  }

  /** Of the fields of a oneof the last one counts; those before it are ignored. */
  #choose(frame: number, oneof: number, field: number): void {
    const before = this.#slots[frame + oneof]! // each oneof has a slot in the frame, after the fields' slots
    if (before >= 0 && before !== field) this.#slots[frame + before] = -1
    this.#slots[frame + oneof] = field
  }

  #add(slot: number, start: number, end: number, goesOn: boolean): void {
    const first = this.#slots[slot]! // each field has a slot in the frame
    if (first >= 0) {
      const last = this.#runs[first + LAST]! // a run always has all of its slots
      if (goesOn) {
        this.#runs[last + END] = end
        return
      }
      const run = this.#push(start, end)
      this.#runs[last + NEXT] = run
      this.#runs[first + LAST] = run
    } else this.#slots[slot] = this.#push(start, end)
  }

  #push(start: number, end: number): number {
    const run = this.#runTop
    if (run + 4 > MOST_RUNS) throw new Undecodable('more fields out of their order than can be shown')
    if (run + 4 > this.#runs.length) this.#runs = grown(this.#runs, run + 4)
    this.#runs[run + START] = start
    this.#runs[run + END] = end
    this.#runs[run + NEXT] = -1
    this.#runs[run + LAST] = run
    this.#runTop = run + 4
    return run
  }
}

function grown(from: Int32Array<ArrayBuffer>, atLeast: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(Math.max(atLeast, from.length * 2))
  to.set(from)
  return to
}
