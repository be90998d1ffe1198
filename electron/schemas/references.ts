import { SeeklineError } from '#shared/errors.ts'
import { SCHEMA_BYTES, type SchemaText } from '#shared/model/schema.ts'
import type { RegistryApi, StoredSchema, StoredVersion } from './confluent-api.ts'

/** A schema with more references was made to cause harm. */
const mostReferences = 1_000
const mostDepth = 64
/** For all of them: otherwise a slow registry would make the caller wait for hours. */
const mostMs = 60_000

export interface ResolvedReference extends StoredVersion {
  /** The name that the referring schema uses. */
  name: string
  /** 1: the schema itself refers to it; more: one of its references does. */
  depth: number
}

/**
 * Everything that a schema refers to, each once, ordered so that each comes after what it needs. Throws `registry.schema` if
 * the references form a circle or are too many, and the registry's error if one is missing.
 */
export async function resolveReferences(
  api: Pick<RegistryApi, 'version'>,
  root: Pick<StoredSchema, 'text' | 'references'>,
  signal?: AbortSignal,
): Promise<ResolvedReference[]> {
  const done = new Map<string, ResolvedReference>()
  const order: string[] = []
  const limit = AbortSignal.timeout(mostMs)
  const both = signal === undefined ? limit : AbortSignal.any([signal, limit])
  let bytes = root.text.length
  let asked = 0

  const visit = async (references: StoredSchema['references'], path: readonly string[]): Promise<void> => {
    if (path.length > mostDepth) throw unusable(`Its references are more than ${mostDepth} deep.`)
    for (const { name, subject, version } of references) {
      const key = JSON.stringify([name, subject, version])
      const self = `${subject} version ${version}`
      if (path.includes(self)) throw unusable(`Its references go in a circle: ${[...path.slice(path.indexOf(self)), self].join(' → ')}.`) // oxfmt-ignore
      const known = done.get(key)
      if (known !== undefined) {
        known.depth = Math.min(known.depth, path.length + 1)
        continue
      }
      if ((asked += 1) > mostReferences) throw unusable(`It refers to more than ${mostReferences} others.`)
      const found = await api.version(subject, version, { signal: both, deleted: true })
      bytes += found.text.length
      if (bytes > SCHEMA_BYTES)
        throw unusable(`With all that it refers to it is longer than ${SCHEMA_BYTES >> 20} MiB.`)
      await visit(found.references, [...path, self])
      done.set(key, { ...found, name, depth: path.length + 1 })
      order.push(key)
    }
  }
  await visit(root.references, [])
  return order.map((key) => done.get(key)!) // a key is pushed to the order once it is done
}

/** A schema in the form decoders take. Throws `registry.schema` for one they cannot use. */
export async function schemaText(
  api: Pick<RegistryApi, 'version'>,
  schema: Pick<StoredSchema, 'type' | 'text' | 'references'>,
  signal?: AbortSignal,
): Promise<SchemaText> {
  const { type, text } = schema
  if (type === 'other') throw unusable('It is written in a language that Seekline does not know.')
  if (text.length > SCHEMA_BYTES) throw unusable(`It is longer than ${SCHEMA_BYTES >> 20} MiB.`)
  const references = await resolveReferences(api, schema, signal)
  const other = references.find((one) => one.type !== type)
  if (other !== undefined) throw unusable(`It refers to ${other.subject}, which is not written in the same language.`)
  // Several places may refer to a name; the text is the same, or the registry would not have accepted it.
  const byName = new Map(references.map((one) => [one.name, one.text]))
  return { type, text, references: [...byName].map(([name, found]) => ({ name, text: found })) }
}

function unusable(why: string): SeeklineError {
  return new SeeklineError('registry.schema', `The schema cannot be used. ${why}`, {
    hint: 'Look at its references in the registry.',
  })
}
