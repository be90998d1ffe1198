/**
 * The worker's entry, beside this file: as source under Node's type stripping, and as `decode-worker.js` beside the bundle.
 * The one place that knows.
 */
export function decodeWorkerUrl(): URL {
  const name = import.meta.url.endsWith('.ts') ? './decode-worker.ts' : './decode-worker.js'
  return new URL(name, import.meta.url)
}
