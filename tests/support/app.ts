import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { GroupSummary } from '#shared/contract/groups.ts'
import { contract, type SeeklineContract } from '#shared/contract/index.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newProfile, type Profile } from '#shared/model/profile.ts'
import type { SecretsInput } from '#shared/model/secrets.ts'
import { createClient, type Client } from '#shared/wire/client.ts'
import { createApp, type SeeklineApp } from '../../electron/app-services.ts'
import { inProcess } from '../../electron/rpc/in-process.ts'

export interface TestApp extends Client<SeeklineContract> {
  app: SeeklineApp
  dataDir: string
  /** Saves a profile for these brokers and opens it. */
  connect(
    bootstrap: string,
    options?: { name?: string; profile?: Partial<Profile>; secrets?: SecretsInput },
  ): Promise<ConnectionId>
  close(): Promise<void>
}

let count = 0

/** Reads the summaries of these groups, or of all, and waits for the last of them. */
export async function summariesOf(
  app: Pick<TestApp, 'openStream'>,
  connectionId: ConnectionId,
  groups?: string[],
): Promise<GroupSummary[]> {
  const rows: GroupSummary[] = []
  const input = { connectionId, ...(groups === undefined ? {} : { groups }) }
  await app.openStream('groups.summaries', input, { onBatch: (batch) => void rows.push(...batch) })
  return rows
}

/**
 * The whole app without a window, with its own data folder. Every answer is checked against the contract; measurements can
 * leave that out, as the app itself does.
 */
export async function startApp({ checkOutput = true } = {}): Promise<TestApp> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'seekline-app-'))
  const app = await createApp({ dataDir, checkOutput })
  const client = createClient<SeeklineContract>(inProcess(app.router))
  return {
    ...client,
    app,
    dataDir,
    connect: async (bootstrap, { name, profile = {}, secrets = {} } = {}) => {
      const id = `test-${(count += 1)}`
      const full = newProfile(id, { name: name ?? id, brokers: bootstrap.split(','), ...profile })
      const saved = await client.call('profiles.save', { profile: full, secrets })
      const state = await client.call('connections.open', { profileId: saved.profile.id })
      return state.connectionId
    },
    close: async () => {
      await app.close()
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

export const routeNames = Object.keys(contract)
