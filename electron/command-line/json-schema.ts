import { z } from 'zod'
import type { AnyDef } from '#shared/contract/define.ts'
import { ConnectionId } from '#shared/model/ids.ts'
import { RowColumns } from '#shared/model/rows.ts'

/** The input and output of a route, as JSON Schema of the JSON that the shell reads and prints. */
export function routeSchema(def: AnyDef): Record<string, unknown> {
  const { kind, effect } = def
  const input = schemaOf(def.input, 'input')
  if (def.kind === 'route') return { kind, effect, input, output: schemaOf(def.output, 'output') }
  // The shell unpacks rows, one record per line: none of our schemas describes those.
  const item = def.batch === RowColumns ? {} : { batch: schemaOf(def.batch, 'output') }
  return {
    kind,
    effect,
    input,
    ...item,
    progress: schemaOf(def.progress, 'output'),
    done: schemaOf(def.done, 'output'),
  }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): unknown {
  const made = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { type } = (zodSchema as z.core.$ZodTypes)._zod.def
      if (type === 'bigint') Object.assign(jsonSchema, { type: 'string', pattern: '^-?\\d+$' })
      if (type === 'custom') Object.assign(jsonSchema, bytes)
      if (zodSchema === ConnectionId) jsonSchema.description = 'Filled in by --bootstrap or --profile.'
    },
  })
  delete made.$schema
  return made
}

const bytes = {
  description: 'Bytes: text where they are UTF-8, base64 always; given as either, or as plain text.',
  type: ['object', 'string'],
  properties: { text: { type: 'string' }, base64: { type: 'string' } },
}
