import type {
  AnyDef,
  CallContext,
  Contract,
  RouteDef,
  ServiceOf,
  StreamDef,
  StreamSink,
} from '#shared/contract/define.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { ErrorValue } from '#shared/errors.ts'
import type { Envelope } from '#shared/wire/frames.ts'
import { checkAccess } from './access.ts'
import type { AccessPolicy } from './access.ts'
import { parseInput } from './parse-input.ts'
import type { WorkTracker } from './running-writes.ts'

export type TransportKind = 'ipc' | 'websocket' | 'in-process'

export interface RunOptions {
  signal: AbortSignal
  transport: TransportKind
  /** The window that asks, if there are windows. */
  caller?: string
}

/** What the router reports about a call when it has ended. Never its input, which may hold a secret. */
export interface CallLog {
  route: string
  transport: TransportKind
  milliseconds: number
  error?: ErrorValue
}

/** What every transport calls; it cannot tell transports apart. */
export interface Router {
  /** Never rejects: every failure is an error in the envelope. */
  call(route: unknown, input: unknown, options: RunOptions): Promise<Envelope>
  /** Runs a stream into the sink and resolves with its `done` value. Rejects with what went wrong. */
  stream(route: unknown, input: unknown, sink: StreamSink<StreamDef>, options: RunOptions): Promise<unknown>
  /** The error in the form in which it may be shown to a page. */
  errorValue(error: unknown): ErrorValue
}

export interface RouterOptions<C extends Contract> {
  contract: C
  services: ServiceOf<C>
  access: AccessPolicy
  log?: (entry: CallLog) => void
  /** The last step before an error is sent: removes known secrets from its texts. */
  scrub?: (error: ErrorValue) => ErrorValue
  /** Is told about every write while it runs, so that the user is asked before the app is closed. */
  work?: WorkTracker
  /** Also validate answers. For tests: a wrong answer is our own mistake, and validating ten thousand rows is expensive. */
  checkOutput?: boolean
}

type Method = (input: unknown, ...rest: unknown[]) => Promise<unknown>

export function createRouter<C extends Contract>(options: RouterOptions<C>): Router {
  const { contract, access, checkOutput = false } = options
  const services = options.services as Record<string, Method>

  const errorValue = (error: unknown): ErrorValue => {
    const value = toErrorValue(error)
    return options.scrub === undefined ? value : options.scrub(value)
  }

  const find = <K extends AnyDef['kind']>(
    route: unknown,
    kind: K,
  ): { name: string; def: Extract<AnyDef, { kind: K }> } => {
    // Own properties only: "constructor" and "__proto__" are not routes.
    if (typeof route !== 'string' || !Object.hasOwn(contract, route)) throw unknownRoute(route)
    const def = contract[route]
    if (def === undefined || def.kind !== kind) throw unknownRoute(route)
    return { name: route, def: def as Extract<AnyDef, { kind: K }> }
  }

  const prepare = (name: string, def: AnyDef, input: unknown): unknown => {
    const parsed = parseInput(def.input, input)
    checkAccess(def, parsed, access)
    if (!Object.hasOwn(services, name)) throw unknownRoute(name)
    return parsed
  }

  const logged = async <T>(route: unknown, run: RunOptions, work: () => Promise<T>): Promise<T> => {
    const started = performance.now()
    const entry = (): CallLog => ({
      route: typeof route === 'string' ? route.slice(0, 100) : typeof route,
      transport: run.transport,
      milliseconds: performance.now() - started,
    })
    try {
      const value = await work()
      options.log?.(entry())
      return value
    } catch (error) {
      options.log?.({ ...entry(), error: errorValue(error) })
      throw error
    }
  }

  /** Runs the service's method; a write counts as running until it has really ended, cancelled or not. */
  const perform = <T>(name: string, def: AnyDef, run: RunOptions, method: (context: CallContext) => Promise<T>) => {
    const caller = run.caller === undefined ? {} : { caller: run.caller }
    if (def.effect !== 'write' || options.work === undefined) return method({ signal: run.signal, ...caller })
    return options.work.run({ route: name, ...caller }, run.signal, (signal) => method({ signal, ...caller }))
  }

  return {
    errorValue,
    call: async (route, input, run) => {
      try {
        const value = await logged(route, run, async () => {
          const { name, def } = find(route, 'route')
          const parsed = prepare(name, def, input)
          run.signal.throwIfAborted()
          const answer = perform(name, def, run, (context) => services[name]!(parsed, context)) // the type of the services demands a method for every route
          const output = await untilAborted(answer, run.signal)
          return checkOutput ? parseOutput(name, (def as RouteDef).output, output) : output
        })
        return { ok: true, value }
      } catch (error) {
        return { ok: false, error: errorValue(error) }
      }
    },
    stream: (route, input, sink, run) =>
      logged(route, run, async () => {
        const { name, def } = find(route, 'stream')
        const parsed = prepare(name, def, input)
        run.signal.throwIfAborted()
        const checked = checkOutput ? checkedSink(name, def as StreamDef, sink) : sink
        const done = await perform(name, def, run, (context) => services[name]!(parsed, checked, context)) // the type of the services demands a method for every route
        return checkOutput ? parseOutput(name, (def as StreamDef).done, done) : done
      }),
  }
}

/** A cancelled call answers at once, even if its service is slow to react. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new SeeklineError('call.cancelled', 'Cancelled.', { retryable: true }))
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

function checkedSink(name: string, def: StreamDef, sink: StreamSink<StreamDef>): StreamSink<StreamDef> {
  return {
    batch: async (rows) => sink.batch(parseOutput(name, def.batch, rows)),
    progress: (value) => sink.progress(parseOutput(name, def.progress, value)),
  }
}

function parseOutput(name: string, schema: RouteDef['output'], value: unknown): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const where = issue === undefined ? '' : ` (${issue.path.join('.')}: ${issue.message})`
  throw new SeeklineError('internal', `${name} answered what its contract does not allow${where}.`)
}

function unknownRoute(route: unknown): SeeklineError {
  const name = typeof route === 'string' ? JSON.stringify(route.slice(0, 100)) : `a ${typeof route}`
  return new SeeklineError('call.unknown-route', `There is no route ${name}.`)
}
