import type { Value } from '#shared/model/decoded-value.ts'

/**
 * Receives a self-describing value piece by piece, to build the JSON of a row, or a tree. Keys and values of a map alternate.
 * The reader closes every container it opens.
 */
export interface Sink {
  nothing(): void
  boolean(value: boolean): void
  /** One that a number holds exactly. */
  integer(value: number): void
  /** A 64-bit integer in halves; the upper one is signed or unsigned. */
  long(low: number, high: number): void
  float(value: number): void
  /** Invalid UTF-8 is kept as bytes, marked as such. */
  text(from: Uint8Array, start: number, end: number): void
  bytes(from: Uint8Array, start: number, end: number): void
  /** A rare kind of value, given as a tree node without children. */
  leaf(value: Value): void
  list(): void
  map(): void
  /** Names the value that follows: `{"tag 32": value}`. */
  named(name: string): void
  close(): void
}

export const LIST = 0
export const MAP = 1
export const NAMED = 2
