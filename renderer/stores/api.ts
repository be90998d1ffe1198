import type { SeeklineContract } from '#shared/contract/index.ts'
import type { Client } from '#shared/wire/client.ts'

/** The part of the client that stores need, as a type, so that a test can pass two functions. */
export type StoreApiPort = Pick<Client<SeeklineContract>, 'call' | 'openStream'>
