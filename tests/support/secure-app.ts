import fs from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'vitest'
import type { TestReport } from '#shared/contract/connections.ts'
import { newProfile, type Profile } from '#shared/model/profile.ts'
import type { SecretsInput } from '#shared/model/secrets.ts'
import type { Tls } from '#shared/model/tls.ts'
import { startApp } from './app.ts'
import { startSecureKafka } from './kafka.ts'
import { kcatProduce } from './tools.ts'

export interface SecureOptions {
  tls?: Partial<Tls>
  sasl?: Profile['sasl']
  secrets?: SecretsInput
  addressMap?: Profile['addressMap']
}

export type SecureApp = Awaited<ReturnType<typeof startSecureApp>>

export const password = 'alice-secret'
export const alice = (mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512') => ({ mechanism, username: 'alice' })
export const named = (made: Profile) => ({ name: made.name, profile: made })

/** Three nodes with SASL, TLS and ACLs, a topic and a group of alice, and the app. */
export async function startSecureApp() {
  const kafka = await startSecureKafka()
  const app = await startApp()
  await kafka.tools.createTopic('alice-orders', 3)
  await kafka.tools.createTopic('payroll', 1)
  for (const partition of [0, 1, 2]) {
    await kcatProduce(kafka.bootstrap, { topic: 'alice-orders', partition, input: 'a\nb\nc\nd\ne' })
  }
  const script = (...args: string[]) => kafka.tools.groups(...args, '--reset-offsets', '--to-offset', '2', '--execute')
  await Promise.all([
    script('--group', 'alice-reader', '--topic', 'alice-orders'),
    script('--group', 'bob-reader', '--topic', 'alice-orders:0'),
  ])
  /** Every error and answer of the app, as text: it must not contain a secret. */
  const said: string[] = []
  let count = 0
  const profile = (brokers: string, { tls, sasl, addressMap = [] }: SecureOptions): Profile => {
    const id = `secure-${(count += 1)}`
    return newProfile(id, {
      name: id,
      brokers: brokers.split(','),
      addressMap,
      ...(tls === undefined
        ? {}
        : { tls: { enabled: true, ca: { source: 'file', path: kafka.certificates.ca }, ...tls } }),
      ...(sasl === undefined ? {} : { sasl }),
    })
  }
  return {
    kafka,
    app,
    said,
    profile,
    /** As the profile form does before it saves. */
    test: async (brokers: string | undefined, options: SecureOptions): Promise<TestReport> => {
      const report = await app.call('connections.test', {
        profile: profile(brokers ?? '', options),
        secrets: options.secrets ?? {},
      })
      said.push(JSON.stringify(report))
      return report
    },
    /** Checks that they are neither in the answers nor in any file of the data folder, in any form. */
    nothingTold: async (secrets: readonly string[]): Promise<void> => {
      const state = JSON.stringify([await app.call('profiles.list', {}), await app.call('connections.list', {})])
      const files = await fs.readdir(app.dataDir, { recursive: true, withFileTypes: true })
      const texts = await Promise.all(
        files.filter((one) => one.isFile()).map((one) => fs.readFile(path.join(one.parentPath, one.name), 'latin1')),
      )
      expect(said.length).toBeGreaterThan(0)
      expect(texts.length).toBeGreaterThan(3)
      for (const secret of secrets) {
        const forms = [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')]
        for (const form of forms) {
          expect(said.filter((text) => text.includes(form))).toEqual([])
          expect(state).not.toContain(form)
          expect(texts.filter((text) => text.includes(form))).toEqual([])
        }
      }
    },
    close: async () => {
      await app.close()
      await kafka.stop()
    },
  }
}
