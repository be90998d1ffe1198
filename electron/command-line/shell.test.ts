import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { route, stream } from '#shared/contract/define.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import { RecordFilter } from '#shared/filters/filter.ts'
import { ConnectionId } from '#shared/model/ids.ts'
import { Covered } from '#shared/model/ledger.ts'
import { RowColumns, rowFlags } from '#shared/model/rows.ts'
import { SeeklineError } from '#shared/errors.ts'
import { createRouter } from '../rpc/router.ts'
import type { ClusterArg } from './args.ts'
import { runShell } from './run-shell.ts'

const Bytes = z.instanceof(Uint8Array)
const Target = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('earliest') }),
  z.strictObject({ to: z.literal('offset'), offset: z.bigint() }),
])
const contract = {
  'test.echo': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      target: Target,
      at: z.bigint().nullable().default(null),
      list: z.array(z.strictObject({ offset: z.bigint() })).optional(),
      bytes: Bytes.nullable().optional(),
      name: z.string().optional(),
    }),
    output: z.unknown(),
    effect: 'read',
  }),
  'test.write': route({
    input: z.strictObject({ source: ConnectionId, target: ConnectionId, confirm: z.string().optional() }),
    output: z.unknown(),
    effect: 'write',
    writes: ['target'],
    shown: { by: [], entries: [], running: ['', ''] },
  }),
  'test.rows': stream({
    input: z.strictObject({ connectionId: ConnectionId, topic: z.string() }),
    batch: RowColumns,
    progress: z.strictObject({ read: z.bigint() }),
    done: z.strictObject({ reason: z.string(), next: z.bigint() }),
    effect: 'read',
  }),
  'test.scan': stream({
    input: z.strictObject({ connectionId: ConnectionId, ledger: z.unknown(), filter: RecordFilter.optional() }),
    batch: z.strictObject({ rows: RowColumns, covered: z.array(Covered) }),
    progress: z.unknown(),
    done: z.strictObject({ reason: z.string() }),
    effect: 'read',
  }),
  'messages.record': route({ input: z.unknown(), output: z.unknown(), effect: 'read' }),
}

const rows: RowColumns = {
  count: 2,
  partition: new Int32Array([0, 1]),
  offset: new BigInt64Array([5n, 9_007_199_254_740_993n]),
  timestamp: new BigInt64Array([1_700_000_000_000n, -1n]),
  flags: new Int32Array([0, rowFlags.nullKey | rowFlags.aborted]),
  keySize: new Int32Array([1, -1]),
  valueSize: new Int32Array([3, 2]),
  headerCount: new Int32Array([2, 0]),
  preview: new Uint8Array([0x6b, 0x76, 0xc3, 0xbc, 0xff, 0xfe]),
  ends: new Int32Array([1, 4, 4, 6]),
  decodedAs: new Int32Array([0, 1 << 16]),
  decodings: [
    { encoding: 'UTF-8', form: 'text', attempts: [] },
    { encoding: 'bytes', form: 'bytes', attempts: [{ encoding: 'UTF-8', reason: 'it is not UTF-8' }] },
  ],
  holes: [
    {
      at: 1,
      hole: {
        partition: 1,
        first: 3n,
        last: 4n,
        markers: 2n,
        aborted: 0n,
        open: 0n,
        missing: 0n,
        oldFormat: 0n,
        corrupt: 0n,
      },
    },
  ],
}

const services: ServiceOf<typeof contract> = {
  'test.echo': async (input) => input,
  'test.write': async (input) => input,
  'test.rows': async (_, sink) => {
    sink.progress({ read: 2n })
    await sink.batch(rows)
    return { reason: 'end', next: 6n }
  },
  'test.scan': async ({ filter }, sink) => {
    if (filter !== undefined) return { reason: JSON.stringify(filter) }
    await sink.batch({
      rows,
      covered: [{ partition: 0, from: 0n, to: 9n, why: 'read', records: 9n, matched: 3n, notJudged: {} }],
    })
    return { reason: 'end' }
  },
  'messages.record': async (input) => ({ kind: 'record', of: input }),
}

async function run(
  argv: string[],
  stdin = '',
): Promise<{ code: number; out: unknown[]; error: unknown; opened: ClusterArg[] }> {
  const out: string[] = []
  const errors: string[] = []
  const opened: ClusterArg[] = []
  const router = createRouter({
    contract,
    services,
    access: { modeOf: (id) => ({ mode: 'guarded', profileName: `Profile ${id}` }) },
  })
  const code = await runShell({
    argv,
    contract,
    app: async () => ({
      router,
      openFor: async (cluster) => {
        opened.push(cluster)
        if ('profile' in cluster && cluster.profile === 'locked')
          throw new SeeklineError('connect.secret', 'The password is not known.', { hint: 'Enter it to connect.' })
        return `c${opened.length}`
      },
    }),
    print: async (line) => void out.push(line),
    printError: async (line) => void errors.push(line),
    stdin: Readable.from([stdin]),
    signal: new AbortController().signal,
  })
  expect(errors.length).toBe(code)
  return { code, out: out.map((line) => JSON.parse(line) as unknown), error: JSON.parse(errors[0] ?? 'null'), opened }
}

const local = ['--bootstrap', 'localhost:9092']

describe('the shell', () => {
  it('prints what a route takes and gives, as JSON Schema of the JSON on the line', async () => {
    const { out } = await run(['test.echo', '--schema'])
    const [{ input }] = out as [{ input: { properties: object; required: string[] } }]
    expect(input.required).toEqual(['connectionId', 'target'])
    expect(input.properties).toMatchObject({
      connectionId: { type: 'string', description: expect.stringContaining('--bootstrap') as string },
      list: { items: { properties: { offset: { type: 'string', pattern: '^-?\\d+$' } } } },
      name: { type: 'string' },
    })
    const { error } = await run(['test.nothing', '--schema'])
    expect(error).toMatchObject({ code: 'call.unknown-route' })
  })

  it('lists the routes, one a line', async () => {
    const { out } = await run(['--list'])
    expect(out[0]).toEqual({ name: 'test.echo', kind: 'route', effect: 'read' })
    expect(out[2]).toEqual({ name: 'test.rows', kind: 'stream', effect: 'read' })
  })

  it('says what to do about a password that it cannot ask for', async () => {
    const { code, error } = await run(['test.echo', '{}', '--profile', 'locked'])
    expect({ code, error }).toMatchObject({ code: 1, error: { code: 'connect.secret', hint: expect.stringContaining('${env:NAME}') } }) // oxfmt-ignore
  })

  it('takes int64 as digits and bytes as text or base64, by the schema, and gives them back the same way', async () => {
    const input = {
      target: { to: 'offset', offset: '9223372036854775807' },
      at: 17,
      list: [{ offset: '-1' }],
      bytes: { base64: '//4=' },
      name: '42',
    }
    const { out, opened } = await run(['test.echo', JSON.stringify(input), ...local])
    expect(out).toEqual([{ ...input, connectionId: 'c1', at: '17', bytes: { text: null, base64: '//4=' } }])
    expect(opened).toEqual([{ bootstrap: 'localhost:9092', access: 'full' }])
    // What was printed can be given back: a plan is made by one call and applied by the next.
    const again = await run(['test.echo', '-', ...local], JSON.stringify(out[0]))
    expect(again.out).toEqual(out)
    const text = await run(['test.echo', '{"target":{"to":"earliest"},"bytes":"ü"}', ...local])
    expect(text.out[0]).toMatchObject({ bytes: { text: 'ü', base64: 'w7w=' } })
  })

  it('prints rows, holes, progress and done, one a line', async () => {
    const { out } = await run(['test.rows', '{"topic":"orders"}', ...local])
    expect(out.find((line) => (line as { type: string }).type === 'progress')).toEqual({
      type: 'progress',
      value: { read: '2' },
    })
    expect(out.filter((line) => (line as { type: string }).type !== 'progress')).toEqual([
      {
        type: 'record',
        partition: 0,
        offset: '5',
        timestamp: '1700000000000',
        flags: [],
        keySize: 1,
        valueSize: 3,
        headerCount: 2,
        key: { text: 'k', base64: 'aw==' },
        keyAs: 'UTF-8',
        value: { text: 'vü', base64: 'dsO8' },
        valueAs: 'UTF-8',
      },
      expect.objectContaining({ type: 'hole', partition: 1, first: '3', markers: '2' }),
      expect.objectContaining({
        offset: '9007199254740993',
        timestamp: '-1',
        flags: ['nullKey', 'aborted'],
        key: null,
        value: { text: null, base64: '//4=' },
        valueAs: 'bytes',
      }),
      { type: 'done', value: { reason: 'end', next: '6' } },
    ])
  })

  it('prints the rows of a scan and the offsets that each of its frames covers', async () => {
    const ledger = '{"topic":"orders","parts":[{"partition":0,"from":"0","next":"0","to":"9"}]}'
    const { out } = await run(['test.scan', `{"ledger":${ledger}}`, '--full', ...local])
    expect(out.map((line) => (line as { type: string }).type)).toEqual(['record', 'hole', 'record', 'covered', 'done'])
    expect(out[0]).toMatchObject({ of: { topic: 'orders', offset: '5' } })
    expect(out[3]).toEqual({ type: 'covered', covered: [{ partition: 0, from: '0', to: '9', why: 'read', records: '9', matched: '3', notJudged: {} }] }) // oxfmt-ignore
  })

  it('takes filters as options, all of which have to match, where a route takes one', async () => {
    const done = async (...options: string[]) => {
      const { out } = await run(['test.scan', '{"ledger":1}', ...options, ...local])
      return JSON.parse((out.at(-1) as { value: { reason: string } }).value.reason) as unknown
    }
    expect(await done('--filter', 'value.id == 4711')).toEqual({ kind: 'expression', source: 'value.id == 4711' })
    expect(await done('--grep', 'a b', '--regex', 'x+', '--match-case')).toMatchObject({
      kind: 'all',
      of: [
        { kind: 'text', text: 'a b', matchCase: true, in: ['key', 'value', 'headers'] },
        { kind: 'regex', pattern: 'x+', matchCase: true },
      ],
    })
    const refused = await run(['test.rows', '{"topic":"orders"}', '--grep', 'x', ...local])
    expect(refused).toMatchObject({ code: 1, error: { message: '"test.rows" takes no filter.' } })
    const twice = await run(['test.scan', '{"ledger":1,"filter":{"kind":"text","text":"x"}}', '--grep', 'x', ...local])
    expect(twice).toMatchObject({ code: 1, error: { code: 'call.invalid' } })
  })

  it('fetches whole records on request', async () => {
    const { out } = await run(['test.rows', '{"topic":"orders"}', '--full', ...local])
    const records = out.filter((line) => (line as { type: string }).type === 'record')
    expect(records[1]).toMatchObject({
      kind: 'record',
      of: { connectionId: 'c1', topic: 'orders', partition: 1, offset: '9007199254740993' },
    })
  })

  it('opens the clusters that the flags name, and passes the confirmation on', async () => {
    const flags = ['--profile', 'Prod', '--target-profile', 'Test', '--confirm', 'Profile c2']
    const { out, opened } = await run(['test.write', '{}', ...flags])
    expect(out).toEqual([{ source: 'c1', target: 'c2', confirm: 'Profile c2' }])
    expect(opened).toEqual([{ profile: 'Prod' }, { profile: 'Test' }])
    const refused = await run(['test.write', '{}', '--profile', 'Prod'])
    expect(refused.error).toMatchObject({ code: 'access.unconfirmed' })
  })

  it.each([
    [['nope'], 'call.unknown-route'],
    [['__proto__'], 'call.unknown-route'],
    [[], 'call.invalid'],
    [['test.echo', '{"target":{"to":"earliest"}}'], 'call.invalid'],
    [['test.echo', '{target}', ...local], 'call.invalid'],
    [['test.echo', '{"target":{"to":"offset","offset":"12x"}}', ...local], 'call.invalid'],
    [['test.echo', '{"target":{"to":"nowhere"}}', ...local], 'call.invalid'],
    [['test.echo', '[]', ...local], 'call.invalid'],
    [['test.echo', '{}', '--access', 'root', ...local], 'call.invalid'],
    [['test.echo', '{}', '--profile', 'a', ...local], 'call.invalid'],
    [['test.echo', '{}', '{}', ...local], 'call.invalid'],
    [['test.echo', '--unknown'], 'call.invalid'],
  ])('refuses %j with %s', async (argv, code) => {
    const answer = await run(argv)
    expect(answer).toMatchObject({ code: 1, out: [], error: { code } })
  })
})
