// npm run icons: renders the drawings in assets/icons to every format that a system needs. The results are committed: they are
// small and rarely change, and packing then needs no browser.
import fs from 'node:fs/promises'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { startChromium } from '../tests/support/chromium.ts'
import { writeIcns, writeIco, type IconImage } from './lib/icon-files.ts'
import { repoRoot } from './lib/paths.ts'
import { exitWith } from './lib/setup-error.ts'

const folder = path.join(repoRoot, 'assets', 'icons')
const windowsSizes = [16, 20, 24, 32, 40, 48, 64, 256]
const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512]
const macSizes = [32, 64, 128, 256, 512, 1024]
/** Up to this size the drawing for small icons is used. */
const smallSizes = 32
/** The margin around an icon on macOS, as in Apple's template. */
const macBody = 824 / 1024

await main().catch(exitWith)

async function main(): Promise<void> {
  const large = await fs.readFile(path.join(folder, 'seekline.svg'), 'utf8')
  const small = await fs.readFile(path.join(folder, 'seekline-small.svg'), 'utf8')
  const browser = await startChromium()
  try {
    const page = await browser.context.newPage()
    const render = async (size: number, body = 1): Promise<IconImage> => ({
      size,
      png: await draw(page, size <= smallSizes ? small : large, size, body),
    })
    const each = async (sizes: number[], body?: number): Promise<IconImage[]> => {
      const images: IconImage[] = []
      for (const size of sizes) images.push(await render(size, body))
      return images
    }
    await fs.writeFile(path.join(folder, 'seekline.ico'), writeIco(await each(windowsSizes)))
    await fs.writeFile(path.join(folder, 'seekline.icns'), writeIcns(await each(macSizes, macBody)))
    await fs.mkdir(path.join(folder, 'png'), { recursive: true })
    for (const { size, png } of await each(linuxSizes)) {
      await fs.writeFile(path.join(folder, 'png', `${size}x${size}.png`), png)
    }
  } finally {
    await browser.close()
  }
}

async function draw(page: Page, svg: string, size: number, body: number): Promise<Buffer> {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(
    `<style>html,body{margin:0;height:100%;display:grid;place-items:center}svg{width:${body * 100}%;display:block}</style>${svg}`,
  )
  return page.screenshot({ omitBackground: true })
}
