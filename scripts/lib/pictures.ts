import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { createApp } from '../../electron/app-services.ts'
import { startServer } from '../../electron/server.ts'
import { newRegistry } from '../../shared/model/registry.ts'
import { startChromium } from '../../tests/support/chromium.ts'
import { fillOnce, startClusters } from '../demo/clusters.ts'
import { openTransaction } from '../demo/fill.ts'
import { saveProfiles } from '../demo/profiles.ts'
import { buildIfStale } from './build-app.ts'
import { currentKafka, kafkaJars } from './kafka-jars.ts'
import { cachePath } from './paths.ts'
import { startPicturesRegistry } from './pictures-registry.ts'
import { scenes } from './pictures-scenes.ts'
import { connectWire } from './wire-client.ts'

export interface PicturesOptions {
  folder: string
  width: number
  height: number
  /** Scenes by name; left out: all of them. Scenes that others depend on are played, but no picture is taken. */
  only?: string[]
}

/** Plays the demo's data through the app in Chromium and writes `<scene>-light.png` and `<scene>-dark.png`. */
export async function takePictures(options: PicturesOptions, say: (line: string) => void): Promise<void> {
  const endings: (() => Promise<unknown>)[] = []
  try {
    await kafkaJars(currentKafka, say)
    // Its own clusters: the demo may be running, and a user's changes in it do not belong in a picture.
    const folder = cachePath('pictures')
    // Empty each time: a topic that the last run replayed into would disturb this one.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    const page = process.env['SEEKLINE_PAGE']
    const [clusters, registry] = await Promise.all([
      startClusters(folder, endings),
      startPicturesRegistry(),
      page === undefined ? buildIfStale(say) : undefined,
    ])
    endings.push(registry.stop)
    const wire = await connectWire(clusters.demo.bootstrap)
    endings.push(async () => wire.close())
    await fillOnce(folder, clusters, wire, say)
    await openTransaction(wire, Date.now())
    await saveProfiles(clusters, newRegistry({ kind: 'apicurio', urls: [registry.url] }))
    const live = await Promise.all([
      clusters.demo.tools.liveConsumer('orders', 'order-analytics', 'consumer'),
      clusters.demo.tools.liveConsumer('payments', 'fraud-check', 'classic'),
    ])
    endings.push(...live.map((consumer) => consumer.stop))
    const app = await createApp({ dataDir: clusters.home })
    endings.push(app.close)
    const server = await startServer({ router: app.router, ...(page === undefined ? {} : { root: page }) })
    endings.push(server.close)
    await shoot(server.url, options, endings, say)
  } finally {
    for (const end of endings.toReversed()) await end().catch((error: unknown) => say(String(error)))
  }
}

async function shoot(
  url: string,
  { folder, width, height, only }: PicturesOptions,
  endings: (() => Promise<unknown>)[],
  say: (line: string) => void,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const browser = await startChromium({ width, height })
  endings.push(browser.close)
  const page = browser.context.pages()[0] ?? (await browser.context.newPage())
  page.setDefaultTimeout(45_000)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.goto(url)
  let failed = 0
  for (const scene of scenes) {
    try {
      await scene.play(page)
    } catch (error) {
      failed += 1
      say(`${scene.name} could not be played: ${String(error).split('\n').slice(0, 6).join('\n')}`)
    }
    if (only !== undefined && !only.includes(scene.name)) continue
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      await writeFile(path.join(folder, `${scene.name}-${colorScheme}.png`), await still(page))
    }
    say(scene.name)
  }
  if (failed > 0) throw new Error(`${failed} of ${scenes.length} scenes could not be played.`)
}

/** A busy machine takes a while to repaint in the other theme: it is finished when the picture stays the same. */
async function still(page: Page): Promise<Buffer> {
  let before = await page.screenshot({ caret: 'hide' })
  for (let i = 0; i < 20; i++) {
    await sleep(300)
    const now = await page.screenshot({ caret: 'hide' })
    if (now.equals(before)) return now
    before = now
  }
  return before
}
