import { existsSync } from 'node:fs'
import path from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const root = import.meta.dirname
const out = (name: string): string => path.join(root, 'out', name)
const shared = { alias: { '#shared': path.join(root, 'shared') } }

// Three bundles, one `out/`: the main process, the preload script (a sandboxed one can be neither ESM nor several files),
// and the page, which the loopback server serves as well.
export default defineConfig({
  main: {
    resolve: shared,
    build: {
      outDir: out('main'),
      target: 'node24',
      // The bundle contains all that main needs: the package then has no node_modules, and a start opens few files.
      externalizeDeps: false,
      license: { fileName: 'licenses.md' },
      // Workers are files of their own, found beside main.js by name.
      rolldownOptions: {
        input: mainEntries(),
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: out('preload'),
      rolldownOptions: {
        input: path.join(root, 'electron/preload.ts'),
        output: { format: 'cjs', entryFileNames: 'preload.cjs' },
      },
    },
  },
  renderer: {
    root: path.join(root, 'renderer'),
    base: './',
    resolve: shared,
    plugins: [react()],
    build: {
      outDir: out('renderer'),
      emptyOutDir: true,
      target: 'es2024',
      minify: true,
      license: { fileName: 'licenses.md' },
      // The CSP has no `data:` for fonts or scripts; every asset is a file.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: path.join(root, 'renderer/index.html'),
        output: {
          // Code that must run before everything else runs together with zod: in the entry's own file it would run after the
          // files that the entry shares with others, and those create schemas.
          codeSplitting: {
            groups: [{ name: 'first', test: /[\\/](?:node_modules[\\/]zod|trusted-types\.ts|jitless\.ts)/ }],
          },
        },
      },
    },
  },
})

function mainEntries(): Record<string, string> {
  const entries = {
    main: 'electron/main.ts',
    'decode-worker': 'electron/kafka/workers/decode-worker.ts',
    'key-worker': 'electron/storage/key-files/key-worker.ts',
    'import-worker': 'electron/settings-import/import-worker.ts',
    'parquet-worker': 'electron/services/messages/parquet-worker.ts',
  }
  return Object.fromEntries(
    Object.entries(entries)
      .map(([name, file]) => [name, path.join(root, file)] as const)
      .filter(([, file]) => existsSync(file)),
  )
}
