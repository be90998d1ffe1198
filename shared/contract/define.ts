import type { z } from 'zod'
import type { Extent } from './extent.ts'

/**
 * What a route may do: `read` changes nothing, `local` changes only our own files, `write` changes a cluster.
 * A write names the input fields that hold the connections it writes to, so that a read-only source can still be
 * replayed into a writable target; the router checks exactly those against the profile's access mode.
 */
export type Effect = 'read' | 'local' | 'write'

/**
 * What a write shows before it runs: a test walks all writes, and calls each only with what one of its plans has shown.
 */
export interface Shown {
  /** The routes whose answer says what will be written, and where. */
  readonly by: readonly string[]
  /**
   * For a write that steers one that is running, which was shown before and whose journal entry covers both: the name
   * of that stream.
   */
  readonly within?: string
  /** The kinds of journal entry that it leaves. */
  readonly entries: readonly string[]
  /**
   * What is said about one that is running, and about several after their number, when somebody is about to close the
   * window.
   */
  readonly running: readonly [one: string, many: string]
}

export interface RouteDef<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: 'route'
  readonly input: I
  readonly output: O
  readonly effect: Effect
  readonly writes: readonly string[]
  readonly shown: Shown | undefined
  /** How much of what was asked for an answer holds; left out if it is always all. */
  readonly extent: ExtentOf<O> | undefined
}

export interface StreamDef<
  I extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  P extends z.ZodType = z.ZodType,
  D extends z.ZodType = z.ZodType,
> {
  readonly kind: 'stream'
  readonly input: I
  readonly batch: B
  readonly progress: P
  readonly done: D
  readonly effect: Effect
  readonly writes: readonly string[]
  readonly shown: Shown | undefined
  /** How much of what was asked for its final frame holds; left out if it is always all. */
  readonly extent: ExtentOf<D> | undefined
}

/** A method, so that a route of one output still is a route of any. */
type ExtentOf<O extends z.ZodType> = { of(output: z.output<O>): Extent }['of']

type WritesOf<I extends z.ZodType> = readonly (keyof z.output<I> & string)[]
type EffectOf<I extends z.ZodType> =
  | { effect: 'read' | 'local' }
  | { effect: 'write'; writes: WritesOf<I>; shown: Shown }

/** One call: an input, one answer. */
export function route<I extends z.ZodType, O extends z.ZodType>(
  def: { input: I; output: O; extent?: ExtentOf<O> } & EffectOf<I>,
): RouteDef<I, O> {
  const { input, output, effect, extent } = def
  return { kind: 'route', input, output, effect, ...writeFields(def), extent }
}

/** One stream: frames `batch | progress`, then exactly one of `done | error`. */
export function stream<I extends z.ZodType, B extends z.ZodType, P extends z.ZodType, D extends z.ZodType>(
  def: { input: I; batch: B; progress: P; done: D; extent?: ExtentOf<D> } & EffectOf<I>,
): StreamDef<I, B, P, D> {
  return {
    kind: 'stream',
    input: def.input,
    batch: def.batch,
    progress: def.progress,
    done: def.done,
    effect: def.effect,
    ...writeFields(def),
    extent: def.extent,
  }
}

function writeFields(def: { effect: Effect; writes?: readonly string[]; shown?: Shown }) {
  return def.effect === 'write' ? { writes: def.writes ?? [], shown: def.shown } : { writes: [], shown: undefined }
}

export type AnyDef = RouteDef | StreamDef
export type Contract = Record<string, AnyDef>

export type Input<D extends AnyDef> = z.output<D['input']>
/** The input as a caller may write it, with defaults left out. */
export type RawInput<D extends AnyDef> = z.input<D['input']>
export type Output<D extends RouteDef> = z.output<D['output']>
export type Batch<D extends StreamDef> = z.output<D['batch']>
export type ProgressOf<D extends StreamDef> = z.output<D['progress']>
export type Done<D extends StreamDef> = z.output<D['done']>

export interface CallContext {
  /** Aborted when the caller cancels, its page goes away, or the call's connection is closed. */
  readonly signal: AbortSignal
  /**
   * Which page asks, where several share the app: the window of the desktop shell. Never taken from what the page
   * sends.
   */
  readonly caller?: string
}

/** What a service writes frames into. `batch` waits for the reader's credit; `progress` is dropped when none is left. */
export interface StreamSink<D extends StreamDef> {
  batch(rows: Batch<D>): Promise<void>
  progress(value: ProgressOf<D>): void
}

/** The type a service satisfies: one method per route and stream of its contract. A missing one does not compile. */
export type ServiceOf<C extends Contract> = {
  [K in keyof C]: C[K] extends StreamDef
    ? (input: Input<C[K]>, sink: StreamSink<C[K]>, context: CallContext) => Promise<Done<C[K]>>
    : C[K] extends RouteDef
      ? (input: Input<C[K]>, context: CallContext) => Promise<Output<C[K]>>
      : never
}
