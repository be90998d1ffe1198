import path from 'node:path'
import { createProfileStore } from '../../electron/storage/profiles.ts'
import { ProfileId } from '../../shared/model/ids.ts'
import { newProfile } from '../../shared/model/profile.ts'
import type { Registry } from '../../shared/model/registry.ts'
import type { DemoClusters } from './clusters.ts'

/** Keeps the user's changes of the demo's profiles (colour, access mode), and updates the addresses. `registry`: of the first. */
export async function saveProfiles(
  { demo, target, home }: DemoClusters,
  registry: Registry | null = null,
): Promise<void> {
  const store = createProfileStore(path.join(home, 'profiles'))
  const { items } = await store.list()
  for (const [id, name, bootstrap, environment] of [
    ['demo', 'Demo', demo.bootstrap, 'dev'],
    ['demo-target', 'Demo target', target.bootstrap, 'test'],
  ] as const) {
    const known = items.find((profile) => profile.id === id)
    const brokers = [bootstrap]
    await store.save(
      known
        ? { ...known, brokers }
        : newProfile(ProfileId.parse(id), { name, brokers, environment, ...(id === 'demo' ? { registry } : {}) }),
    )
  }
}
