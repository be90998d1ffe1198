/**
 * The worker's entry file, next to this one: as source under Node's type stripping, and as `decode-worker.js` next to the
 * bundle.
 */
export function decodeWorkerUrl(): URL {
  const name = import.meta.url.endsWith('.ts') ? './decode-worker.ts' : './decode-worker.js'
  return new URL(name, import.meta.url)
}
