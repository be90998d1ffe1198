// Loaded before a benchmark (`--import`) that measures another checkout: the benchmark's own files are ours, and the app's files are
// loaded from there. So both sides are measured by the same benchmark.
import { registerHooks } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const folderUrl = (folder) => `${pathToFileURL(path.resolve(folder)).href}/`
const here = folderUrl(path.join(import.meta.dirname, '../..'))
const there = folderUrl(process.env.SEEKLINE_BENCH_AGAINST)
const parts = process.env.SEEKLINE_BENCH_PARTS.split(',').map((part) => here + part)

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    if (!parts.some((part) => found.url.startsWith(part))) return found
    return { ...found, url: there + found.url.slice(here.length) }
  },
})
