import { z } from 'zod'
import type { AnyDef, Contract } from '#shared/contract/define.ts'
import type { FullRecord, NoRecord } from '#shared/contract/messages.ts'
import type { Extent } from '#shared/contract/extent.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { ErrorValue } from '#shared/errors.ts'
import type { GivenFilter } from '#shared/filters/filter.ts'
import { ConnectionId } from '#shared/model/ids.ts'
import { RowColumns } from '#shared/model/rows.ts'
import { parseShallow } from '#shared/parse-shallow.ts'
import { createClient } from '#shared/wire/client.ts'
import { inProcess } from '../rpc/in-process.ts'
import type { Router } from '../rpc/router.ts'
import { readArgs, usage } from './args.ts'
import type { ClusterArg, ShellArgs } from './args.ts'
import { decodeTexts } from './decode-flags.ts'
import { decodedRecord } from './decoded-output.ts'
import { fromJson } from './json-input.ts'
import { toJson, unpackRows } from './json-output.ts'
import { routeSchema } from './json-schema.ts'
import type { RowLine } from './json-output.ts'

export interface ShellApp {
  router: Router
  /** Opens what `--bootstrap` or `--profile` names, for this run. */
  openFor(cluster: ClusterArg, signal: AbortSignal): Promise<string>
}

export interface ShellContext {
  argv: readonly string[]
  contract: Contract
  /** Only built when a route is run: `--list` needs none of it. */
  app: () => Promise<ShellApp>
  /** Resolves when the line was written; this slows a stream down to the speed of its reader. */
  print: (line: string) => Promise<void>
  printError: (line: string) => Promise<void>
  stdin: NodeJS.ReadableStream
  /** Aborted by Ctrl-C, or when the reader of the output is gone. */
  signal: AbortSignal
}

/** Runs one command line; the answer is the exit code. */
export async function runShell(context: ShellContext): Promise<number> {
  try {
    const args = readArgs(context.argv)
    if (args.command === 'run') return exitCodes[await run(context, args)]
    if (args.command === 'help') await context.print(usage)
    else if (args.command === 'list') await list(context)
    else await context.print(JSON.stringify(routeSchema(defOf(context.contract, args.route)), null, 2))
    return 0
  } catch (error) {
    if (context.signal.aborted) return 0
    await context.printError(JSON.stringify(toJson(forShell(toErrorValue(error)))))
    return 1
  }
}

/** 2 is the shells' own code for a wrong command line. */
const exitCodes: Record<Extent, number> = { all: 0, none: 1, partly: 3 }

async function list({ contract, print }: ShellContext): Promise<void> {
  for (const [name, def] of Object.entries(contract)) {
    await print(JSON.stringify({ name, kind: def.kind, effect: def.effect }))
  }
}

function defOf(contract: Contract, route: string): AnyDef {
  const def = Object.hasOwn(contract, route) ? contract[route] : undefined
  if (def !== undefined) return def
  throw new SeeklineError('call.unknown-route', `There is no route "${route}".`, { hint: '--list names them.' })
}

/** Input fields of routes that read records. */
interface Where {
  connectionId?: string
  topic?: string
  ledger?: { topic: string }
}

type RunArgs = Extract<ShellArgs, { command: 'run' }>

async function run(context: ShellContext, args: RunArgs): Promise<Extent> {
  const { contract, signal } = context
  const def = defOf(contract, args.route)
  const json = parseJson(args.input === '-' ? await readAll(context.stdin) : args.input)
  const app = await context.app()
  const input = await complete(app, def, fromJson(def.input, json), args, signal)
  const transport = inProcess(app.router)
  // The contract's types cannot be used for names from a command line.
  const client = createClient<Contract>(transport)
  try {
    const { connectionId, topic, ledger } = (input ?? {}) as Where
    for (const text of await decodeTexts(args.decodeFiles, args.decodeAs, ledger?.topic ?? topic))
      await client.call('decoding.import' as never, { connectionId, text, keep: false } as never, { signal })
    if (def.kind === 'route') {
      const value = await client.call(args.route as never, input as never, { signal })
      const isDecoded = args.decode && args.route === 'messages.record'
      await context.print(isDecoded ? opened(value) : JSON.stringify(toJson(value)))
      return def.extent?.(value) ?? 'all'
    }
    const lines = createLines(context, args, rowsIn(def.batch), (record, ofFrame) => {
      const at = { partition: record.partition, offset: BigInt(record.offset) }
      const where = { connectionId, topic: ofFrame ?? ledger?.topic ?? topic, ...at, patient: args.decode }
      return client.call('messages.record' as never, where as never, { signal })
    })
    const done = await client.openStream(args.route as never, input as never, {
      signal,
      credit: 2,
      onBatch: lines.batch,
      onProgress: lines.progress,
    })
    if (signal.aborted) return 'all'
    await lines.done(done)
    return def.extent?.(done) ?? 'all'
  } finally {
    transport.close()
  }
}

/** A record that was opened, decoded; if there is none, what is there instead. */
function opened(found: unknown): string {
  const answer = found as z.infer<typeof FullRecord> | z.infer<typeof NoRecord>
  return answer.kind === 'record' ? decodedRecord(answer) : JSON.stringify(toJson(answer))
}

/** The packed rows in a stream's frames; null: they have none. A scan's frames also have the offsets that they cover. */
function rowsIn(batch: z.ZodType): ((batch: unknown) => RowColumns) | null {
  if (batch === RowColumns) return (rows) => rows as RowColumns
  const isScan = batch instanceof z.ZodObject && batch.shape['rows'] === RowColumns
  return isScan ? (frame) => (frame as { rows: RowColumns }).rows : null
}

/** What a stream prints: one record or item per line, progress and the final frame as they arrive, in order. */
function createLines(
  { print, signal }: ShellContext,
  args: RunArgs,
  rowsOf: ((batch: unknown) => RowColumns) | null,
  /** If a frame says which topic its rows belong to, of that one. */
  whole: (record: RowLine, ofFrame: string | undefined) => Promise<unknown>,
) {
  let last: Promise<void> = Promise.resolve()
  const text = async (line: string): Promise<void> => {
    if (!signal.aborted) await print(line)
  }
  const line = (value: object): Promise<void> => text(JSON.stringify(value))
  return {
    batch: async (batch: unknown): Promise<void> => {
      await last
      if (rowsOf !== null) {
        const rows = rowsOf(batch)
        const { topic, covered } = batch as { topic?: string; covered?: unknown }
        const ofTopic = topic === undefined ? {} : { topic }
        for (const row of unpackRows(rows)) {
          if (row.type === 'hole' || !(args.full || args.decode)) await line({ ...row, ...ofTopic })
          else if (args.decode) await text(opened(await whole(row, topic)))
          else await line({ type: 'record', ...(toJson(await whole(row, topic)) as object) })
        }
        if (rows !== batch) await line({ type: 'covered', ...ofTopic, covered: toJson(covered) })
      } else {
        const items: unknown[] = Array.isArray(batch) ? batch : [batch]
        for (const item of items) await line({ type: 'item', value: toJson(item) })
      }
    },
    progress: (value: unknown): void => {
      last = line({ type: 'progress', value: toJson(value) }).catch(() => undefined)
    },
    done: async (value: unknown): Promise<void> => {
      await last
      await line({ type: 'done', value: toJson(value) })
    },
  }
}

/** A plan of a hundred thousand partitions has a tenth of it; a device has no end. */
const mostInputBytes = 256 * 1024 * 1024

async function readAll(stdin: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of stdin as AsyncIterable<Buffer | string>) {
      parts.push(Buffer.from(part))
      bytes += Buffer.byteLength(part)
      if (bytes > mostInputBytes) throw new Error(`it has more than ${mostInputBytes} bytes`)
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new SeeklineError('call.invalid', `The input could not be read: ${why}.`, {
      hint: 'Write one JSON text to stdin, from a file or another command.',
    })
  }
  return Buffer.concat(parts).toString('utf8')
}

function parseJson(source: string): unknown {
  try {
    return parseShallow(source)
  } catch (error) {
    throw new SeeklineError('call.invalid', `The input is not JSON: ${error instanceof Error ? error.message : ''}`, {
      hint: 'Put it in single quotes, or give "-" and write it to stdin.',
    })
  }
}

/** Fills in the connections and the confirmation that the flags name, if the route takes them and the input leaves them out. */
async function complete(
  app: ShellApp,
  def: AnyDef,
  input: unknown,
  args: RunArgs,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(def.input instanceof z.ZodObject) || typeof input !== 'object' || input === null || Array.isArray(input)) {
    return input
  }
  const shape = def.input.shape as Record<string, unknown>
  const filled: Record<string, unknown> = { ...input }
  const fields = Object.keys(shape).filter((field) => shape[field] === ConnectionId && !Object.hasOwn(filled, field))
  if (fields.length > 0 && args.cluster === undefined) {
    throw new SeeklineError('call.invalid', `"${args.route}" needs a cluster.`, {
      hint: 'Name it by --bootstrap HOST:PORT or --profile NAME.',
    })
  }
  if (args.cluster !== undefined && fields.length > 0) {
    const main = await app.openFor(args.cluster, signal)
    for (const field of fields) filled[field] = main
    if (args.target !== undefined && fields.includes('target')) {
      filled['target'] = await app.openFor(args.target, signal)
    }
  }
  // No form has shown what a script saves.
  if (Object.hasOwn(shape, 'seen')) filled['seen'] ??= false
  if (args.filters.length > 0) filled['filter'] = filterOf(args, shape, filled)
  if (args.confirm !== undefined && Object.hasOwn(shape, 'confirm')) filled['confirm'] ??= args.confirm
  return filled
}

/** The filters of the options; all of them must match. */
function filterOf({ route, filters }: RunArgs, shape: object, filled: Record<string, unknown>): GivenFilter {
  if (!Object.hasOwn(shape, 'filter')) throw new SeeklineError('call.invalid', `"${route}" takes no filter.`)
  if (Object.hasOwn(filled, 'filter')) {
    throw new SeeklineError('call.invalid', 'There is a filter in the input, and another in the options.')
  }
  return filters.length === 1 ? filters[0]! : { kind: 'all', of: filters } // its length is 1, as checked
}

/** The error in words for a shell, where a page would ask the user. */
function forShell(error: ErrorValue): ErrorValue {
  if (error.code !== 'connect.secret') return error
  const needs = Array.isArray(error.details?.['needs']) ? error.details['needs'] : []
  const agreed = needs.flatMap((need: { agreement?: unknown }) =>
    typeof need.agreement === 'string' ? [need.agreement] : [],
  )
  if (agreed.length > 0) {
    const input = JSON.stringify({ profileId: error.details?.['profileId'], agreed })
    return { ...error, hint: `If that is meant, agree to it once: npm run -s api -- connections.open '${input}'` }
  }
  return { ...error, hint: 'A shell cannot ask for it: write it as ${env:NAME} in the profile, and set that variable.' }
}
