import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { Router } from './router.ts'

/** A router that is made at the latest when the first call arrives; early calls wait for it. */
export function lateRouter(make: () => Promise<Router>): Router {
  let router: Router | undefined
  let pending: Promise<Router> | undefined
  const made = (): Promise<Router> => (pending ??= make().then((ready) => (router = ready)))
  const failed = (error: unknown): SeeklineError =>
    new SeeklineError('internal', `Seekline could not start: ${toErrorValue(error).message}`)
  return {
    errorValue: (error) => (router === undefined ? toErrorValue(error) : router.errorValue(error)),
    call: async (...call) => {
      try {
        return await (await made()).call(...call)
      } catch (error) {
        return { ok: false, error: toErrorValue(failed(error)) }
      }
    },
    stream: async (...call) => {
      const ready = await made().catch((error: unknown) => Promise.reject(failed(error)))
      return ready.stream(...call)
    },
  }
}
