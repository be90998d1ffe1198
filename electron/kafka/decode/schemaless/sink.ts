import type { Value } from '#shared/model/decoded-value.ts'

/**
 * What a format without a schema is read into, value by value: the JSON of a row, or a tree. Of a map keys and values follow
 * each other. Whoever reads closes all that it opens.
 */
export interface Sink {
  nothing(): void
  boolean(value: boolean): void
  /** One that a number holds exactly. */
  integer(value: number): void
  /** Of 64 bits, in its halves; the upper one is signed, or not. */
  long(low: number, high: number): void
  float(value: number): void
  /** What is no UTF-8 is kept as bytes that say so. */
  text(from: Uint8Array, start: number, end: number): void
  bytes(from: Uint8Array, start: number, end: number): void
  /** What is seldom, as it is to stand in a tree. It has nothing in it. */
  leaf(value: Value): void
  list(): void
  map(): void
  /** One value follows that has a name for what it is: `{"tag 32": value}`. */
  named(name: string): void
  close(): void
}

export const LIST = 0
export const MAP = 1
export const NAMED = 2
