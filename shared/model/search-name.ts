import { z } from 'zod'

/** Whoever searches makes it up, so that nobody else comes upon the hits: 16 bytes in hex. */
export const SearchName = z.string().regex(/^[0-9a-f]{32}$/)
