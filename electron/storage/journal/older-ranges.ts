import { z } from 'zod'

const Older = z.discriminatedUnion('by', [
  z.looseObject({ by: z.literal('all') }),
  z.looseObject({
    by: z.literal('timestamps'),
    from: z.bigint(),
    to: z.bigint().optional(),
    ifNone: z.unknown().optional(),
  }),
])
const Planned = z.looseObject({ spec: z.looseObject({ range: Older }) })

/**
 * A replay's plan in the current format. Earlier its range said `all` or `timestamps`, and held the choice for partitions
 * without a record that new. Anything else is passed on unchanged: its schema reports what is wrong with it.
 */
export function withPlaces(plan: unknown): unknown {
  const found = Planned.safeParse(plan)
  if (!found.success) return plan
  const { spec } = found.data
  const { range } = spec
  switch (range.by) {
    case 'all':
      return { ...found.data, spec: { ...spec, range: { ...range, by: 'places', from: { at: 'log-start' } } } }
    case 'timestamps': {
      const { from, to, ifNone, ...rest } = range
      const places = { ...rest, by: 'places', from: at(from), ...(to === undefined ? {} : { to: at(to) }) }
      return { ...found.data, spec: { ...spec, range: places, ...(ifNone === undefined ? {} : { ifNone }) } }
    }
  }
}

const at = (timestamp: bigint) => ({ at: 'timestamp', timestamp })
