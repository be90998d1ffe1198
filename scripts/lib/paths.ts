import path from 'node:path'

export const repoRoot: string = path.resolve(import.meta.dirname, '..', '..')

/** For everything that can be downloaded or made again: Kafka's jars, certificates, the demo's data. `SEEKLINE_CACHE` moves it. */
export function cachePath(...parts: string[]): string {
  return path.resolve(process.env.SEEKLINE_CACHE ?? path.join(repoRoot, '.cache'), ...parts)
}
