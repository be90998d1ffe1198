import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { signInWords } from '#shared/model/sasl/mechanisms.ts'
import type { Profile } from '#shared/model/profile.ts'
import { table, type CameOut } from './fixtures/cases-table.ts'
import { importSettings, type Imported } from './import-settings.ts'

const folder = path.join(import.meta.dirname, '../../tests/fixtures/settings')

const several = Object.entries(table).flatMap(([file, row]) => ('several' in row ? [[file, row.several] as const] : []))
const single = Object.entries(table).flatMap(([name, row]) => ('several' in row ? [] : [[name, row] as const]))

describe('settings as people have them', () => {
  it('are all in the table', () => {
    const named = Object.keys(table).filter((name) => !name.includes(' → '))
    expect(named.toSorted()).toEqual(readdirSync(folder).toSorted())
  })

  it.each(several)('%s: asks which cluster', (file, clusters) => {
    expect(() => importSettings(textOf(file))).toThrow(
      expect.objectContaining({ code: 'profile.several', details: { clusters } }),
    )
  })

  it.each(single)('%s', (name, expected) => {
    const [file = '', cluster] = name.split(' → ')
    const imported = importSettings(textOf(file), cluster)
    expect(cameOut(imported)).toEqual(expected)
    expect(imported.held).toEqual([])
    // Nothing but the secrets themselves holds a secret.
    const { secrets, registrySecrets, understood, ignored } = imported
    const said = JSON.stringify([understood, ignored])
    const lines = [...Object.values(secrets), ...Object.values(registrySecrets)].flatMap((secret) =>
      secret.split('\n').filter((line) => line.length > 3),
    )
    expect(lines.filter((line) => said.includes(line) && !line.startsWith('${env:'))).toEqual([])
  })
})

const textOf = (file: string) => readFileSync(path.join(folder, file), 'utf8')

function cameOut({ profile, signIn, secrets, understood, ignored }: Imported): CameOut {
  const said: Record<string, string[]> = {}
  for (const { key, why } of ignored) (said[key] ??= []).push(why)
  return {
    brokers: profile.brokers.join(','),
    tls: tlsWords(profile),
    sasl: signInWords(profile.sasl) ?? (signIn.username === undefined ? 'none' : `none as ${signIn.username}`),
    secrets,
    understood,
    said,
  }
}

function tlsWords({ tls: { enabled, ca, clientCertificate: client } }: Profile): string {
  if (!enabled) return 'no TLS'
  const words = ['TLS']
  if (ca.source !== 'system') words.push(`ca ${ca.source === 'file' ? ca.path : 'text'}`)
  if (client.kind === 'pem') {
    const certificate = client.certificate.source === 'file' ? client.certificate.path : 'text'
    words.push(`pem ${certificate} ${client.key.source === 'file' ? client.key.path : 'secret'}`)
  }
  if (client.kind === 'pkcs12')
    words.push(`store ${client.keystore.source === 'file' ? client.keystore.path : 'secret'}`)
  return words.join(', ')
}
