import { builtinModules } from 'node:module'
import fs from 'node:fs/promises'
import path from 'node:path'
import { build, type InlineConfig, type Plugin } from 'vite'
import base from '../../../electron.vite.config.ts'
import { repoRoot } from '../../lib/paths.ts'

/**
 * The build variant for the one old Electron that is available in a closed network (9.4.1: Node 12, Chromium 83): the same sources
 * and the same config with other targets, and a prelude before each entry that adds what those engines lack. For tests only;
 * docs/shell-tests.md lists what it cannot prove.
 */
export async function buildVariant(folder: string): Promise<void> {
  const out = (name: string): string => path.join(folder, 'out', name)
  await fs.rm(folder, { recursive: true, force: true })
  const configs = [
    mainConfig(out('main')),
    preloadConfig(out('preload')),
    pageConfig(out('renderer')),
    preludeConfig(out('main')),
    coreJsConfig(out('main')),
  ]
  for (const config of configs) await build({ configFile: false, logLevel: 'warn', root: repoRoot, ...config })
  await fs.copyFile(out('main/core-js.js'), out('renderer/assets/core-js.js'))
  await startPageWithCoreJs(out('renderer/index.html'))
  const facts = JSON.parse(await fs.readFile(path.join(repoRoot, 'package.json'), 'utf8')) as Record<string, unknown>
  const { name, productName, version, description, author, license } = facts
  // Without "type": this Node loads no ESM in an app.
  const manifest = { name, productName, version, description, author, license, main: 'out/main/main.js' }
  await fs.writeFile(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

function mainConfig(outDir: string): InlineConfig {
  return {
    ...base.main,
    plugins: [plainBuiltins()],
    ssr: { noExternal: true },
    build: {
      ...base.main?.build,
      outDir,
      ssr: true,
      target: ['node12', 'es2020'],
      minify: false,
      rolldownOptions: {
        ...base.main?.build?.rolldownOptions,
        external: ['electron'],
        output: {
          format: 'cjs',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunk-[hash].js',
          banner: (chunk) => (chunk.isEntry ? "require('./core-js.js'); require('./prelude.js');" : ''),
        },
      },
    },
  }
}

function preloadConfig(outDir: string): InlineConfig {
  const rolldownOptions = { ...base.preload?.build?.rolldownOptions, external: ['electron'] }
  return {
    ...base.preload,
    build: {
      ...base.preload?.build,
      outDir,
      ssr: true,
      target: ['chrome83', 'es2020'],
      minify: false,
      rolldownOptions,
    },
  }
}

function pageConfig(outDir: string): InlineConfig {
  return {
    ...base.renderer,
    build: { ...base.renderer?.build, outDir, target: ['chrome83', 'es2020'], cssTarget: 'chrome83' },
  }
}

function preludeConfig(outDir: string): InlineConfig {
  return {
    plugins: [plainBuiltins()],
    ssr: { noExternal: true },
    build: {
      outDir,
      emptyOutDir: false,
      ssr: true,
      target: ['node12', 'es2020'],
      minify: false,
      rolldownOptions: {
        input: path.join(import.meta.dirname, 'prelude.ts'),
        output: { format: 'cjs', entryFileNames: 'prelude.js' },
      },
    },
  }
}

/** The same for both processes: it uses neither Node nor a page. */
function coreJsConfig(outDir: string): InlineConfig {
  return {
    build: {
      outDir,
      emptyOutDir: false,
      target: ['node12', 'chrome83'],
      rolldownOptions: {
        input: path.join(import.meta.dirname, 'core-js.ts'),
        output: { format: 'iife', entryFileNames: 'core-js.js' },
      },
    },
  }
}

/** A classic script runs before every module. */
async function startPageWithCoreJs(file: string): Promise<void> {
  const html = await fs.readFile(file, 'utf8')
  const tag = '<script src="./assets/core-js.js"></script>'
  await fs.writeFile(file, html.replace(/(?=<script )/, `${tag}\n    `))
}

/** Node 12 does not support the `node:` prefix, and Electron 9 no dynamic import of modules that are not bundled. */
function plainBuiltins(): Plugin {
  return {
    name: 'seekline-plain-builtins',
    renderChunk: (code) => code.replaceAll(/\bimport\(("[\w/]+")\)/g, 'Promise.resolve().then(() => require($1))'),
    enforce: 'pre',
    resolveId(id) {
      const name = id.replace(/^node:/, '')
      return builtinModules.includes(name) ? { id: name, external: true } : null
    },
  }
}

if (import.meta.main) await buildVariant(path.join(repoRoot, 'dist/shell/app'))
