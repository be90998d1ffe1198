// oxlint-disable-next-line no-restricted-imports -- the delay is intended here, and no test waits for it
import { setTimeout as rest } from 'node:timers/promises'
import type { StreamDef, StreamSink } from '#shared/contract/define.ts'
import type { Router } from '../../electron/rpc/router.ts'
import { chance } from './hostile-values.ts'

/** The longest delay of an answer, in milliseconds: longer than anything that a test does in between. */
const LATEST_MS = 1_500
/** The longest delay of a frame: a stream has many, and each waits for the one before it. */
const LATEST_FRAME_MS = 60

/**
 * The same app with delays: half of its answers and frames come late, each by a different time, so that they overtake each
 * other as on a slow network or a busy machine. Errors of a page that has only some of its answers then show at once
 * instead of once in a hundred runs. The same seed gives the same delays.
 */
export function answeringLate(router: Router, seed: number): Router {
  const random = chance(seed)
  const late = async (latestMs = LATEST_MS): Promise<void> => {
    if (random.below(2) === 0) return
    // Mostly short, sometimes long.
    await rest(latestMs * (random.below(1_000) / 1_000) ** 3)
  }
  return {
    ...router,
    call: async (route, input, options) => {
      const answer = await router.call(route, input, options)
      await late()
      return answer
    },
    stream: async (route, input, sink, options) => {
      await late()
      const { lateSink, delivered } = arrivingLate(sink, () => late(LATEST_FRAME_MS))
      const done = await router.stream(route, input, lateSink, options)
      await delivered()
      return done
    },
  }
}

/** Frames of one stream keep their order. */
function arrivingLate(sink: StreamSink<StreamDef>, late: () => Promise<void>) {
  let last: Promise<void> = Promise.resolve()
  const after = (send: () => Promise<void> | void): Promise<void> => {
    last = last.then(late).then(send)
    return last
  }
  const lateSink: StreamSink<StreamDef> = {
    batch: (rows) => after(() => sink.batch(rows)),
    progress: (value) => void after(() => sink.progress(value)).catch(() => undefined),
  }
  return { lateSink, delivered: () => last }
}
