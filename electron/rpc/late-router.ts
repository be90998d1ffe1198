import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { Router } from './router.ts'

/** A router that is still being made: what comes early waits, so that a window can load meanwhile. */
export function lateRouter(made: Promise<Router>): Router {
  let router: Router | undefined
  // Its failure is the caller's to tell; here each call answers with it.
  made.then((ready) => (router = ready)).catch(() => undefined)
  const failed = (error: unknown): SeeklineError =>
    new SeeklineError('internal', `Seekline could not start: ${toErrorValue(error).message}`)
  return {
    errorValue: (error) => (router === undefined ? toErrorValue(error) : router.errorValue(error)),
    call: async (...call) => {
      try {
        return await (await made).call(...call)
      } catch (error) {
        return { ok: false, error: toErrorValue(failed(error)) }
      }
    },
    stream: async (...call) => {
      const ready = await made.catch((error: unknown) => Promise.reject(failed(error)))
      return ready.stream(...call)
    },
  }
}
