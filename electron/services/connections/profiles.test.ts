import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newProfile, type Profile } from '#shared/model/profile.ts'
import { createProfileStore } from '../../storage/profiles.ts'
import { createSecretStore } from '../../storage/secrets.ts'
import { createProfilesService } from './profiles.ts'

let folder: string
let save: (profile: Profile, more?: { confirm?: string; seen?: boolean }) => Promise<unknown>
let remove: (profile: Profile) => Promise<unknown>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seekline-save-'))
  const store = createProfileStore(join(folder, 'profiles'))
  const service = createProfilesService({
    store,
    secrets: createSecretStore(folder),
    onChange: () => undefined,
    onDelete: () => Promise.resolve(),
  })
  const context = { signal: new AbortController().signal } as Parameters<(typeof service)['profiles.save']>[1]
  save = (profile, more = {}) =>
    service['profiles.save']({ profile, secrets: {}, registrySecrets: {}, seen: true, ...more }, context)
  remove = ({ id }) => service['profiles.delete']({ id }, context)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const unconfirmed = (what: string) => ({ code: 'access.unconfirmed', details: { held: [{ what }] } })

describe('saving a new profile', () => {
  it('asks for the name before it starts with more rights than is usual for its brokers', async () => {
    const production = newProfile('a', { name: 'A', environment: 'production' })
    await expect(save({ ...production, accessMode: 'full' })).rejects.toMatchObject(unconfirmed('access'))
    await expect(save({ ...production, accessMode: 'guarded' }, { confirm: 'a' })).rejects.toMatchObject(unconfirmed('access')) // oxfmt-ignore
    await save({ ...production, accessMode: 'guarded' }, { confirm: 'A' })
    // What calls itself development, and is named like production.
    const disguised = newProfile('b', { name: 'B', brokers: ['kafka-prod-1:9092'], environment: 'dev' })
    await expect(save(disguised)).rejects.toMatchObject(unconfirmed('access'))
    await save(newProfile('c', { name: 'C', brokers: ['kafka-1:9092'] }))
  })

  it('is no way around the question by deleting first, under the same id or a name that looks the same', async () => {
    const careful = newProfile('a', { name: 'Careful', accessMode: 'read-only' })
    const raised: Profile = { ...careful, accessMode: 'full' }
    await save(careful)
    await expect(save(raised)).rejects.toMatchObject({ code: 'access.unconfirmed' })
    await remove(careful)
    await expect(save(raised)).rejects.toMatchObject(unconfirmed('access'))
    await expect(save({ ...raised, name: 'Renamed' })).rejects.toMatchObject(unconfirmed('access'))
    await expect(save({ ...raised, id: newProfile('b').id, name: 'careful ' })).rejects.toMatchObject(
      unconfirmed('access'),
    )
    await save(careful)
    await remove(careful)
    await save(raised, { confirm: 'Careful' })
  })

  it('needs the name from a script for less verification, and for an address map', async () => {
    const brokers = ['kafka-1:9092']
    const tls = { ...newProfile('x').tls, enabled: true }
    const asking: [string, Profile][] = [
      ['verification', newProfile('a', { name: 'A', brokers, tls: { ...tls, verify: false } })],
      ['host names', newProfile('b', { name: 'B', brokers, tls: { ...tls, verifyHostName: false } })],
      ['server name', newProfile('c', { name: 'C', brokers, tls: { ...tls, serverName: 'other.example' } })],
      [
        'address map',
        newProfile('d', { name: 'D', brokers, addressMap: [{ from: 'kafka-1:9092', to: 'localhost:1' }] }),
      ],
      ['read limit', newProfile('e', { name: 'E', brokers, environment: 'production', readLimit: null })],
    ]
    for (const [what, profile] of asking) {
      await expect(save(profile, { seen: false })).rejects.toMatchObject(unconfirmed(what))
      await save(profile, { seen: false, confirm: profile.name })
    }
  })

  it('refuses names that are not what they look like', async () => {
    await save(newProfile('a', { name: 'prod' }))
    await expect(save(newProfile('b', { name: 'pr\u043Ed' }))).rejects.toMatchObject({ code: 'profile.invalid', details: { field: 'name' } }) // oxfmt-ignore
    await expect(save(newProfile('b', { name: 'prod\u200B' }))).rejects.toMatchObject({ code: 'profile.invalid' })
    await save(newProfile('b', { name: 'сосо' }))
    await expect(save(newProfile('c', { name: 'coco' }))).rejects.toMatchObject({ code: 'profile.invalid' })
  })
})
