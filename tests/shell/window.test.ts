import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { toolsFor, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { alive, startShell, type ShellApp } from './shell-app.ts'
import { steps } from './steps.ts'
import { holdsFor, untilHolds } from '../support/wait-for.ts'

const { targets } = inject('shell')
const kafka = inject('secure')
const topic = uniqueName('shell-orders')
let tools: KafkaTools

beforeAll(async () => {
  tools = await toolsFor(kafka)
  await tools.createTopic(topic, 1)
  const input = Array.from({ length: 300 }, (_, i) => `key-${i}\t{"order":${i}}`).join('\n')
  await kcatProduce(kafka.bootstrap, { topic, partition: 0, input, keyDelimiter: '\t' })
})

// Each test goes on where the one before ended.
describe.each(targets)('the window, $name', (target) => {
  const group = uniqueName('shell-billing')
  let app: ShellApp
  let see: ReturnType<typeof steps>
  let elsewhere: Server
  let visits = 0

  beforeAll(async () => {
    const reset = tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', '200', '--execute')
    elsewhere = createServer((_, response) => {
      visits += 1
      response.end()
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    app = await startShell(target)
    see = steps(app.page)
    await reset
  })
  afterAll(async () => {
    await app?.close()
    elsewhere.close()
  })

  test('opens on the app’s own origin, without Node, behind a strict CSP', async () => {
    const { page } = app
    const seen = await page.run(() => ({
      origin: location.origin,
      title: document.title,
      node: [typeof Reflect.get(window, 'require'), typeof Reflect.get(window, 'process')],
      bridge: Object.keys(window.seekline ?? {}),
    }))
    expect(seen).toEqual({
      origin: 'app://bundle',
      title: 'Seekline',
      node: ['undefined', 'undefined'],
      bridge: ['call', 'cancel', 'stream'],
    })
    const broken = await page.run(async () => {
      const found = new Set<string>()
      const all = new Promise<void>((resolve) =>
        document.addEventListener('securitypolicyviolation', (event) => {
          found.add(event.violatedDirective.split('-')[0] ?? '')
          if (found.size === 4) resolve()
        }),
      )
      const markup = '<img src="https://elsewhere.invalid/x.png">'
      let refused = ''
      try {
        document.body.insertAdjacentHTML('beforeend', markup)
      } catch (error) {
        refused = String(error)
      }
      for (const [tag, src] of [
        ['iframe', 'data:text/html,x'],
        ['img', 'https://elsewhere.invalid/x.png'],
      ] as const) {
        document.body.append(Object.assign(document.createElement(tag), { src }))
      }
      await fetch('https://elsewhere.invalid/').catch(() => undefined)
      await all
      for (const stray of document.querySelectorAll('body > iframe, body > img')) stray.remove()
      return { found: [...found], refused }
    })
    // "require": text that would become markup, by Trusted Types.
    expect(new Set(broken.found)).toEqual(new Set(['connect', 'frame', 'img', 'require']))
    expect(broken.refused).toContain('TrustedHTML')
    await page.screenshot('first-window')
  })

  test('a profile is made through the form, and a topic is browsed over plaintext', async () => {
    const { page } = app
    await see.makeProfile('Shop', kafka.bootstrap)
    await see.openTopic(topic)
    expect(await page.reads('key-299')).toContain('300 records loaded')
    await page.screenshot('messages')
    await page.doubleClick({ role: 'row', name: 'key-298' })
    await page.reads('order 298')
    await page.screenshot('record')
  })

  test('a position is planned, applied and confirmed, judged by Kafka’s own script', async () => {
    const { page } = app
    await see.openGroup(group)
    await page.click(see.button('Move…'))
    await see.choose('To', '^shift by')
    await page.fill(see.field('By'), '-100')
    await page.press('Enter')
    await page.reads('are read again; nothing is skipped')
    await page.screenshot('plan')
    await see.apply()
    await page.reads('1 confirmed')
    await page.screenshot('applied')
    expect((await tools.describeGroup(group))[0]?.position).toBe(100n)
  })

  test('neither a link nor a script of the page leads elsewhere or opens a window', async () => {
    const { page } = app
    const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`
    await page.run((address) => {
      const link = Object.assign(document.createElement('a'), { href: address, textContent: 'away' })
      document.body.append(link)
      link.click()
      link.remove()
      window.open(address)
    }, url)
    await holdsFor(500, async () => {
      expect(await page.run(() => location.href)).toBe('app://bundle/')
      const windows = await app.inMain<number>(`require('electron').BrowserWindow.getAllWindows().length`)
      expect([windows, visits]).toEqual([1, 0])
    })
  })

  test('a foreign page in our own window is refused, by call and by stream', async () => {
    const { page } = app
    await page.cdp.Page.navigate({ url: 'data:text/html,<h1>Elsewhere</h1>' })
    await page.reads('Elsewhere')
    const answers = await page.run(async () => {
      const bridge = window.seekline
      if (bridge === undefined) return 'no bridge'
      const call = (await bridge.call({ id: 'a', route: 'profiles.list', input: {} })) as { error?: { code: string } }
      const { port1, port2 } = new MessageChannel()
      const streamed = new Promise<{ error?: { code: string } }>((resolve) => {
        port1.addEventListener('message', ({ data }) => resolve(data))
        port1.start()
      })
      bridge.stream({ id: 'b', route: 'connections.watch', input: {} })
      window.postMessage({ seeklinePort: 'b' }, '*', [port2])
      port1.postMessage({ type: 'credit', frames: 8 })
      return [call.error?.code, (await streamed).error?.code]
    })
    expect(answers).toEqual(['call.refused-sender', 'call.refused-sender'])
    await page.cdp.Page.navigate({ url: 'app://bundle/' })
    await page.reads('Shop')
  })

  test('a window that the app did not open is refused, though it shows our page', async () => {
    const code = await app.inMain<string>(`(async () => {
      const { BrowserWindow } = require('electron')
      const { preload } = BrowserWindow.getAllWindows()[0].webContents.getLastWebPreferences()
      const stranger = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true, contextIsolation: true } })
      try {
        await stranger.loadURL('app://bundle/')
        const call = "seekline.call({ id: 'a', route: 'profiles.list', input: {} }).then((answer) => answer.error.code)"
        return await stranger.webContents.executeJavaScript(call)
      } finally {
        stranger.destroy()
      }
    })()`)
    expect(code).toBe('call.refused-sender')
  })

  test('a second instance ends at once and brings the first to the front', async () => {
    const shown = () => app.inMain<boolean>(`require('electron').BrowserWindow.getAllWindows()[0].isVisible()`)
    const focused = () => app.inMain<boolean>(`require('electron').BrowserWindow.getAllWindows()[0].isFocused()`)
    await app.inMain(`require('electron').BrowserWindow.getAllWindows()[0].hide(); 0`)
    await untilHolds('it is hidden', async () => expect(await shown()).toBe(false))
    expect(await app.startAgain()).toEqual({ code: 0 })
    await untilHolds('it is shown', async () => expect(await shown()).toBe(true))
    await untilHolds('it has the focus', async () => expect(await focused()).toBe(true))
    expect(await app.inMain(`require('electron').BrowserWindow.getAllWindows().length`)).toBe(1)
  })

  test('quitting, while connected, ends every process', async () => {
    const all = (await app.processes()).map(({ pid }) => pid)
    expect(all.length).toBeGreaterThan(2)
    expect(await app.quit()).toEqual({ code: 0, signal: null })
    await untilHolds('no process is left', async () => expect(await alive(all)).toEqual([]))
  })
})

describe.each(targets)('a deep link, $name', (target) => {
  test('opens its record in the running app, once the profile is connected', async () => {
    const app = await startShell(target)
    try {
      const { page } = app
      await steps(page).makeProfile('Shop', kafka.bootstrap)
      await page.reads(topic)
      expect(await app.startAgain(`seekline://Shop/${topic}/0/123`)).toEqual({ code: 0 })
      expect(await page.reads(/order"?:? ?123\b/)).toContain(topic)
      await page.screenshot('deep-link')
    } finally {
      await app.close()
    }
  })
})
