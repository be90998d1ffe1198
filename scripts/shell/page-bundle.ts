import path from 'node:path'
import { build, type Rolldown } from 'vite'
import { repoRoot } from '../lib/paths.ts'

/** `page-helpers.ts` as one script for Runtime.evaluate, in a syntax that an old Chromium supports, too. */
export async function pageHelpers(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    root: repoRoot,
    resolve: { alias: { '#shared': path.join(repoRoot, 'shared') } },
    define: { 'process.env.NODE_ENV': '"test"', 'process.env.DEBUG_PRINT_LIMIT': '"0"' },
    build: {
      write: false,
      target: ['chrome83', 'es2020'],
      minify: false,
      rolldownOptions: { input: path.join(import.meta.dirname, 'page-helpers.ts'), output: { format: 'iife' } },
    },
  })
  const [output] = (result as Rolldown.RolldownOutput).output
  return output.code
}
