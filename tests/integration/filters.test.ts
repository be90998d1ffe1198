import { afterAll, beforeAll, expect, it } from 'vitest'
import type { GivenFilter } from '#shared/filters/filter.ts'
import {
  sourceOfForm,
  type FilterForm,
  type FormField,
  type FormOperator,
  type FormValue,
} from '#shared/filters/filter-form.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { rangesLeft } from '#shared/model/ledger.ts'
import { newRegistry } from '#shared/model/registry.ts'
import { rowAt } from '#shared/model/rows.ts'
import { startApp, type TestApp } from '../support/app.ts'
import type { SharedRegistry } from '../support/lending.ts'
import { sharedRegistry } from '../support/lent.ts'
import { selectedByHand, writeOddRecords } from '../support/serialisers.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import type { KafkaTools } from '../support/tools.ts'

// A filter selects what a program selects that shares nothing with ours: Confluent's deserialisers, Python's json, predicates by hand.

/** With SEEKLINE_FILTER_RECORDS=200000 it takes some minutes. */
const COUNT = Number(process.env['SEEKLINE_FILTER_RECORDS'] ?? 5_000)
const LIMIT_MS = 1_800_000

let app: TestApp
let id: ConnectionId
let bootstrap: string
let tools: KafkaTools
let registry: SharedRegistry

beforeAll(async () => {
  ;[{ bootstrap, tools }, registry] = await Promise.all([sharedKafka(), sharedRegistry()])
  app = await startApp()
  id = await app.connect(bootstrap, {
    profile: { registry: newRegistry({ kind: 'apicurio', urls: [registry.url] }) },
  })
})
afterAll(async () => {
  await app?.close()
})

const cel = (source: string): GivenFilter => ({ kind: 'expression', source })

const field = (...path: string[]): FormField => ({ of: 'value', path })
const status = field('status')
const text = (...values: string[]): FormValue[] => values.map((value) => ({ type: 'text', value }))
const int = (value: bigint): FormValue[] => [{ type: 'int', value }]
/** As the form of the search field spells what was chosen in its rows. */
const form = (join: FilterForm['join'], ...rows: [FormField, FormOperator, FormValue[]][]): GivenFilter =>
  cel(sourceOfForm({ join, rows: rows.map(([of, operator, values]) => ({ field: of, operator, values })) }))

/** By the names that the predicates in tests/support/serialisers/filters.py have. */
const filters: Record<string, GivenFilter> = {
  'id': cel('value.id == 4711'),
  'id not': cel('value.id != 4711'),
  'id 2^53+1': cel('value.id == 9007199254740993'),
  'id 2^53': cel('value.id == 9007199254740992'),
  'least': cel('value.id == -9223372036854775808'),
  'most': cel('value.customer.id == 9223372036854775807'),
  'above 2^53': cel('value.id > 9007199254740992'),
  'big': cel('value.big == 18446744073709551615u'),
  'big at least': cel('value.big >= 9223372036854775808u'),
  'total': cel('value.total > 100'),
  'total is': cel('value.total == 123.45'),
  'sum': cel('value.total * 2 > 200.0 && value.id < 0'),
  'shipped': cel('value.status == "shipped"'),
  'shipped or open': cel('value.status in ["shipped", "open"]'),
  'quotes': cel('value.status == "say \\"shipped\\""'),
  'slash': cel('value.status == "ship/ped"'),
  'umlaut': cel('value.status == "überfällig"'),
  'contains': cel('value.status.contains("hipp")'),
  'matches': cel('value.status.matches("^(ship|fail)\\\\w+$")'),
  'customer': cel('value.customer.name == "Zoë" && value.customer.id > 0'),
  'has customer': cel('has(value.customer.id)'),
  'has no status': cel('!has(value.status)'),
  'status null': cel('value.status == null'),
  'flag': cel('value.flag == true'),
  'any item': cel('value.items.exists(i, i.sku == "b-22" && i.n > 4)'),
  'first item': cel('value.items[0].sku == "c/3"'),
  'items': cel('size(value.items) == 2'),
  'later': cel('value.at > timestamp("2026-11-05T00:00:00Z")'),
  'exactly': cel('value.at == timestamp("2026-11-01T00:00:00.000001Z")'),
  'avro': cel('value.suit == "SPADES" && value.note == "shipped"'),
  'text value': cel('value == "shipped"'),
  'tombstone': cel('isNull && key != null'),
  'key': cel('key == "order-4711"'),
  'key json': cel('key.id == 9007199254740993'),
  'key bytes': cel('key == b"\\xff\\x00"'),
  'no key': cel('key == null && value.id == 4711'),
  'header': cel('headers.retry == "2"'),
  'header null': cel('"empty" in headers && headers.empty == null'),
  'header name': cel('headers["trace id"] != "1" && headers["trace id"] != null'),
  'no header': cel('!has(headers.retry) && headerCount > 1'),
  'time': cel('timestamp >= timestamp("2026-11-01T00:00:00Z") && timestamp - timestamp("2026-11-01T00:00:00Z") < duration("24h") && partition == 1'),
  'place': cel('offset % 7 == 3 && partition != 0'),
  'sizes': cel('valueSize > 150 && keySize <= 0'),
  'quick text': { kind: 'text', text: 'ORDER-4711', in: ['key'] },
  'quick header': { kind: 'text', text: 'shipped', in: ['headers'] },
  'regex key': { kind: 'regex', pattern: 'order-\\d{4}', matchCase: true, in: ['key'] },
  'regex or': { kind: 'regex', pattern: '^(trace|empty)$', in: ['headers'] },
  'all': { kind: 'all', of: [cel('value.id == 4711'), { kind: 'text', text: 'order', in: ['key'] }] },
  'any': { kind: 'any', of: [cel('value.id == -4711'), cel('headers.retry == "1"')] },
  'form is': form('all', [field('id'), 'is', int(9_007_199_254_740_993n)]),
  'form is not': form('all', [status, 'is not', text('shipped')]),
  'form less than': form('all', [field('id'), 'less than', int(-4_711n)]),
  'form at most': form('all', [field('id'), 'at most', int(4_711n)]),
  'form more than': form('all', [field('total'), 'more than', [{ type: 'double', value: 100.5 }]]),
  'form at least': form('all', [field('big'), 'at least', int(2n ** 63n)]),
  'form contains': form('all', [status, 'contains', text('"ship')]),
  'form contains no': form('all', [status, 'contains no', text('p')]),
  'form begins with': form('all', [status, 'begins with', text('ü')]),
  'form does not begin with': form('all', [status, 'does not begin with', text('ship')]),
  'form ends with': form('all', [status, 'ends with', text('ped')]),
  'form does not end with': form('all', [status, 'does not end with', text('ed')]),
  'form fits': form('all', [status, 'fits', text('^sh.p')]),
  'form does not fit': form('all', [status, 'does not fit', text('\\W')]),
  'form is one of': form('all', [status, 'is one of', text('open', 'überfällig')]),
  'form is none of': form('all', [status, 'is none of', text('open', 'shipped')]),
  'form is null': form('all', [status, 'is null', []]),
  'form is not null': form('all', [status, 'is not null', []]),
  'form is there': form('all', [field('customer', 'name'), 'is there', []]),
  'form is not there': form('all', [field('customer', 'name'), 'is not there', []]),
  'form facts': form('all', [{ of: 'isNull' }, 'is', [{ type: 'bool', value: false }]], [{ of: 'valueSize' }, 'at least', int(100n)], [{ of: 'timestamp' }, 'at least', [{ type: 'timestamp', value: '2026-11-01T00:00:00.001Z' }]]),
  'form headers': form('all', [{ of: 'headers', path: ['trace id'] }, 'is there', []], [{ of: 'headers', path: ['retry'] }, 'is not there', []]),
  'form any': form('any', [{ of: 'key', path: [] }, 'is', text('order-4711')], [field('id'), 'is', int(-4_711n)], [{ of: 'headers', path: ['retry'] }, 'is', text('1')]),
  'form': cel('value.id == 4711 && (!has(value.status) || value.status != "shipped") && value.total > 99.9'),
} // oxfmt-ignore

it(`${Object.keys(filters).length} filters select of ${COUNT} odd records what predicates in Python select`, { timeout: LIMIT_MS }, async () => {
  const topic = uniqueName('odd')
  await tools.createTopic(topic, 3)
  const at = { bootstrap, registry: registry.ccompat, topic, count: COUNT }
  await writeOddRecords({ ...at, seed: 4711 })
  const byHand = await selectedByHand(at)
  expect(Object.keys(filters).toSorted()).toEqual(Object.keys(byHand).toSorted())
  const { ledger: whole } = await app.call('messages.ledger', { connectionId: id, topic })
  for (const [name, filter] of Object.entries(filters)) {
    const found: string[] = []
    let ledger = whole
    while (rangesLeft(ledger).length > 0) {
      const done = await app.openStream('messages.scan', { connectionId: id, ledger, filter, previews: 'none', most: { matches: 100_000 } }, {
        onBatch: ({ rows }) => {
          for (let i = 0; i < rows.count; i += 1) {
            const { partition, offset } = rowAt(rows, i)
            found.push(`${partition}/${offset}`)
          }
        },
      })
      expect(done.failures).toEqual([])
      ledger = done.ledger
    }
    // Neither an empty set nor all of them would say much.
    expect([name, byHand[name]!.length > 0 && byHand[name]!.length < COUNT]).toEqual([name, true])
    expect([name, found.toSorted()]).toEqual([name, byHand[name]!.toSorted()])
  }
}) // oxfmt-ignore
