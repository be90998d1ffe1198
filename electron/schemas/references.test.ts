import { describe, expect, it } from 'vitest'
import type { StoredVersion } from './confluent-api.ts'
import { resolveReferences, schemaText } from './references.ts'

/** A registry of `subject: [text, …what it refers to]`, each in its version 1. */
function registryOf(texts: Record<string, [string, ...string[]]>) {
  const asked: string[] = []
  return {
    asked,
    version: (subject: string, version: number | 'latest'): Promise<StoredVersion> => {
      asked.push(subject)
      const [text, ...names] = texts[subject]!
      const references = names.map((name) => ({ name: `acme.${name}`, subject: name, version: 1 }))
      return Promise.resolve({ subject, version: Number(version), id: 1, type: 'avro', text, references, guid: null, deleted: false }) // oxfmt-ignore
    },
  }
}
const root = (...names: string[]) => ({
  type: 'avro' as const,
  text: 'root',
  references: names.map((name) => ({ name: `acme.${name}`, subject: name, version: 1 })),
})

describe('references', () => {
  it('are flattened, each once, those first that others need', async () => {
    const api = registryOf({ a: ['A', 'c'], b: ['B', 'c', 'a'], c: ['C'] })
    const found = await resolveReferences(api, root('b', 'a'))
    expect(found.map(({ subject, depth }) => `${subject} ${depth}`)).toEqual(['c 2', 'a 1', 'b 1'])
    expect(api.asked).toHaveLength(3)
    const { references } = await schemaText(api, root('b'))
    expect(references).toEqual([
      { name: 'acme.c', text: 'C' },
      { name: 'acme.a', text: 'A' },
      { name: 'acme.b', text: 'B' },
    ])
  })

  it('that go in a circle are refused with the way round', async () => {
    const api = registryOf({ a: ['A', 'b'], b: ['B', 'a'] })
    await expect(resolveReferences(api, root('a'))).rejects.toMatchObject({
      code: 'registry.schema',
      message: expect.stringContaining('a version 1 → b version 1 → a version 1') as string,
    })
    const self = registryOf({ a: ['A', 'a'] })
    await expect(resolveReferences(self, root('a'))).rejects.toMatchObject({ code: 'registry.schema' })
  })

  it('that are too many, too deep or too long are refused', async () => {
    const chain = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`s${n}`, ['x', `s${n + 1}`] as [string, string]])) // oxfmt-ignore
    await expect(resolveReferences(registryOf(chain), root('s0'))).rejects.toMatchObject({ message: expect.stringContaining('more than 64 deep') as string }) // oxfmt-ignore
    const wide = Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`w${n}`, ['x'] as [string]]))
    await expect(resolveReferences(registryOf(wide), root(...Object.keys(wide)))).rejects.toMatchObject({ message: expect.stringContaining('more than 1000') as string }) // oxfmt-ignore
    const long = registryOf({ a: ['x'.repeat(3 << 20)], b: ['x'.repeat(3 << 20)] })
    await expect(resolveReferences(long, root('a', 'b'))).rejects.toMatchObject({ message: expect.stringContaining('5 MiB') as string }) // oxfmt-ignore
  })
})
