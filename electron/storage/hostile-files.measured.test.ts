import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { newProfile } from '#shared/model/profile.ts'
import { residentBytes } from '../../tests/support/measure.ts'
import { mostFileBytes } from './atomic-files.ts'
import { createProfileStore } from './profiles.ts'

it('a file that is far too large is not read', async () => {
  const home = await mkdtemp(join(tmpdir(), 'seekline-hostile-'))
  const folder = join(home, 'profiles')
  const store = createProfileStore(folder)
  const live = newProfile('live', { name: 'Live' })
  await store.save(live)
  await writeFile(join(folder, 'huge.json'), '{')
  await truncate(join(folder, 'huge.json'), 200 * mostFileBytes)
  const before = residentBytes()
  expect((await store.list()).items).toEqual([live])
  expect(residentBytes() - before).toBeLessThan(100e6)
  await rm(home, { recursive: true, force: true })
})
