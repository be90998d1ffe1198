import type { SeeklineContract } from '#shared/contract/index.ts'
import type { Client } from '#shared/wire/client.ts'

/** What stores need of the wire. The type alone, so that a test hands in two functions. */
export type StoreApiPort = Pick<Client<SeeklineContract>, 'call' | 'openStream'>
