// oxlint-disable-next-line no-restricted-imports -- here time passes on purpose; no test waits for it
import { setTimeout as rest } from 'node:timers/promises'
import type { StreamDef, StreamSink } from '#shared/contract/define.ts'
import type { Router } from '../../electron/rpc/router.ts'
import { chance } from './hostile-values.ts'

/** As late as an answer may come, in milliseconds: longer than anything a story does in between. */
const LATEST_MS = 1_500
/** A stream has many frames, and each waits for the one before it. */
const LATEST_FRAME_MS = 60

/**
 * The same app far away: half of its answers and frames come late, each by a time of its own, so that they overtake each
 * other as they do on a slow network or a busy machine. What a page does with half of its answers there is seen at once
 * instead of once in a hundred runs. The same seed makes the same times.
 */
export function answeringLate(router: Router, seed: number): Router {
  const random = chance(seed)
  const late = async (latestMs = LATEST_MS): Promise<void> => {
    if (random.below(2) === 0) return
    // Mostly a little, sometimes long.
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

/** Frames of one stream stay in their order. */
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
