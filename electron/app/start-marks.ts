import { performance } from 'node:perf_hooks'

/** The stages of starting, in order; tests and the measuring script read them. */
export type Stage = 'main' | 'ready' | 'window' | 'services' | 'page' | 'usable'

const prefix = 'seekline:'

export function mark(stage: Stage): void {
  if (performance.getEntriesByName(prefix + stage).length === 0) performance.mark(prefix + stage)
}

/** Milliseconds from the creation of the process to each stage. */
export function stages(createdAt: number | null): Record<string, number> {
  const lead = createdAt === null ? 0 : performance.timeOrigin - createdAt
  return Object.fromEntries(
    performance
      .getEntriesByType('mark')
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, startTime }) => [name.slice(prefix.length), Math.round((lead + startTime) * 10) / 10]),
  )
}
