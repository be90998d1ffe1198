import { z } from 'zod'

/** Chosen by the client and hard to guess, so that no one else reads the hits: 16 bytes in hex. */
export const SearchName = z.string().regex(/^[0-9a-f]{32}$/)
