import { parseArgs } from 'node:util'
import { SeeklineError } from '#shared/errors.ts'
import type { GivenFilter } from '#shared/filters/filter.ts'

/** How the shell names a cluster: by address, for this run only, or by a saved profile. */
export type ClusterArg = { bootstrap: string; access: 'read-only' | 'guarded' | 'full' } | { profile: string }

export type ShellArgs =
  | { command: 'list' }
  | { command: 'help' }
  | { command: 'schema'; route: string }
  | {
      command: 'run'
      route: string
      /** JSON text; `-` reads it from stdin, because a plan can be longer than a command line may be. */
      input: string
      cluster: ClusterArg | undefined
      /** Where a replay writes; left out: the same cluster. */
      target: ClusterArg | undefined
      confirm: string | undefined
      /** Print whole records with their headers instead of the rows' previews. */
      full: boolean
      /** Print decoded records, and how they were decoded. */
      decode: boolean
      /** Files of decoding rules, and single rules, for this run. */
      decodeFiles: readonly string[]
      decodeAs: readonly string[]
      /** All of them must match. */
      filters: GivenFilter[]
    }

export const usage = `npm run -s api -- --list
npm run -s api -- ROUTE --schema
npm run -s api -- ROUTE ['JSON' | -] (--bootstrap HOST:PORT[,…] [--access full|guarded|read-only] | --profile NAME)
                  [--target-bootstrap HOST:PORT[,…] | --target-profile NAME] [--confirm NAME] [--full | --decode]
                  [--decode-by FILE]… [--decode-as PART=CHOICE]…
                  [--filter EXPRESSION] [--grep TEXT [--match-case]] [--regex PATTERN]

--list names the routes; --schema prints what one takes and gives, as JSON Schema.

Prints one JSON object (a stream: one a line). int64 are decimal strings; bytes are {"text", "base64"}, and may be given
as {"base64"} or as plain text. --full opens each record of a stream; --decode prints keys and values as what they mean: JSON with
integers and decimals as strings, and how they were decoded. --decode-by takes what is chosen in a file (decoding.export);
--decode-as chooses for the topic of this run: value=msgpack, key=hex, header.trace=json, 'value=avro:orders.avsc', or a choice
in JSON as decoding.set takes it. Neither is kept. --filter 'value.id == 4711' (CEL), --grep and --regex (RE2) are what
has to match, all of those that are given (docs/filters.md).

Exit code 0: all was done. 3: a part was (the answer says which). 1: nothing was, or it failed (a failure is JSON on
stderr). 130: Ctrl-C.`

export function readArgs(argv: readonly string[]): ShellArgs {
  const { values, positionals } = parse(argv)
  if (values.help === true) return { command: 'help' }
  if (values.list === true) return { command: 'list' }
  const [route, input = '{}', ...rest] = positionals
  if (route === undefined) throw invalid('Which route?')
  if (values.schema === true) return { command: 'schema', route }
  if (rest.length > 0) throw invalid(`One input is taken, as one quoted JSON text; "${rest[0]}" is left over.`)
  const access = values.access ?? 'full'
  if (access !== 'full' && access !== 'guarded' && access !== 'read-only') {
    throw invalid(`--access is full, guarded or read-only, not "${access}".`)
  }
  return {
    command: 'run',
    route,
    input,
    cluster: cluster(values.bootstrap, values.profile, access, ''),
    target: cluster(values['target-bootstrap'], values['target-profile'], access, 'target-'),
    confirm: values.confirm,
    full: values.full === true,
    decode: values.decode === true,
    decodeFiles: values['decode-by'] ?? [],
    decodeAs: values['decode-as'] ?? [],
    filters: [
      ...(values.filter ?? []).map((source) => ({ kind: 'expression', source }) as const),
      ...(values.grep ?? []).map((text) => ({ kind: 'text', text, matchCase: values['match-case'] === true }) as const),
      ...(values.regex ?? []).map((pattern) => ({ kind: 'regex', pattern, matchCase: true }) as const),
    ],
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        list: { type: 'boolean' },
        schema: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        bootstrap: { type: 'string' },
        profile: { type: 'string' },
        access: { type: 'string' },
        'target-bootstrap': { type: 'string' },
        'target-profile': { type: 'string' },
        confirm: { type: 'string' },
        full: { type: 'boolean' },
        decode: { type: 'boolean' },
        'decode-by': { type: 'string', multiple: true },
        'decode-as': { type: 'string', multiple: true },
        filter: { type: 'string', multiple: true },
        grep: { type: 'string', multiple: true },
        regex: { type: 'string', multiple: true },
        'match-case': { type: 'boolean' },
      },
    })
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error))
  }
}

function cluster(
  bootstrap: string | undefined,
  profile: string | undefined,
  access: 'read-only' | 'guarded' | 'full',
  prefix: string,
): ClusterArg | undefined {
  if (bootstrap !== undefined && profile !== undefined) {
    throw invalid(`--${prefix}bootstrap and --${prefix}profile exclude each other.`)
  }
  if (bootstrap !== undefined) return { bootstrap, access }
  return profile === undefined ? undefined : { profile }
}

function invalid(message: string): SeeklineError {
  return new SeeklineError('call.invalid', message, { hint: usage })
}
