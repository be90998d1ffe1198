import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { readAsset } from '../static-files.ts'
import type { Asset } from '../static-files.ts'

const folder = 'assets'

/**
 * The built page for a browser, with all of its code loaded at once. Code that is fetched only when a view is opened could come
 * from whatever program has the port by then, and would run in a page that holds a key and the user's input.
 */
export function createPageFiles(root: string): (pathname: string) => Promise<Asset> {
  // One buffer per file, however many clients request it without reading it. Names under assets/ change with their content.
  const kept = new Map<string, Promise<Asset>>()
  return async (pathname) => {
    if (!pathname.startsWith(`/${folder}/`)) return withAllCode(root, await readAsset(root, pathname, "'self'"))
    const known = kept.get(pathname)
    if (known !== undefined) return known
    const reading = readAsset(root, pathname, "'self'")
    kept.set(pathname, reading)
    const forget = (): void => void kept.delete(pathname)
    reading.then(({ status }) => status === 200 || forget(), forget)
    return reading
  }
}

async function withAllCode(root: string, asset: Asset): Promise<Asset> {
  if (asset.status !== 200 || !asset.headers['content-type']?.startsWith('text/html')) return asset
  const html = Buffer.from(asset.body).toString('utf8')
  const files = await readdir(path.join(root, folder)).catch(() => [])
  const missing = files.filter((file) => !html.includes(file))
  const links = missing.flatMap((file) => {
    const href = `./${folder}/${file}`
    if (file.endsWith('.css')) return `<link rel="stylesheet" crossorigin href="${href}">`
    return file.endsWith('.js') ? `<link rel="modulepreload" fetchpriority="low" crossorigin href="${href}">` : []
  })
  return { ...asset, body: Buffer.from(html.replace('</head>', `${links.join('\n')}</head>`)) }
}
