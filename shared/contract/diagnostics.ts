import { z } from 'zod'
import { Empty } from './common.ts'
import { route } from './define.ts'

/** An unexpected error in a page. */
export const PageFault = z.strictObject({
  /** Where it surfaced: a view's title, `window`, `promise`. */
  where: z.string().max(200),
  message: z.string().max(4_000),
  stack: z.string().max(16_000).optional(),
})
export type PageFault = z.infer<typeof PageFault>

/** Data for whoever debugs the app; nothing is ever sent anywhere by itself. */
export const diagnostics = {
  'diagnostics.note': route({ input: PageFault, output: Empty, effect: 'local' }),
  /** One archive (tar, gzip) of versions, settings and logs: no secret, no record, no address of a profile. */
  'diagnostics.bundle': route({
    input: Empty,
    output: z.strictObject({ name: z.string(), content: z.instanceof(Uint8Array), files: z.array(z.string()) }),
    effect: 'read',
  }),
}
