import fs from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { newProfile } from '#shared/model/profile.ts'
import { startCutProxy, type CutProxy } from '../support/cut-proxy.ts'
import { startShell, type ShellApp } from './shell-app.ts'

const { leading } = inject('shell')
const { listeners, bootstrap } = inject('secure')
const password = 'alice-secret'

// What comes from outside: links, dropped files, the places that a person names in the system's own dialogs.
describe.each(leading)('what the shell is handed, $name', (target) => {
  let app: ShellApp
  let network: CutProxy

  beforeAll(async () => {
    network = await startCutProxy(bootstrap)
    app = await startShell(target)
    const shop = newProfile('shop', { name: 'Corner shop', brokers: [bootstrap], addressMap: [{ from: bootstrap, to: network.address }] }) // prettier-ignore
    const vault = newProfile('vault', { name: 'Vault', brokers: (listeners.saslPlaintext ?? '').split(','), sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' } }) // prettier-ignore
    await app.page.run(
      async (all, secret) => {
        const client = window.seeklineTest.client()
        for (const profile of all) await client.call('profiles.save', { profile })
        await client.call('connections.open', { profileId: 'vault' as never, secrets: { password: secret } })
      },
      [shop, vault],
      password,
    )
    await app.page.cdp.Page.reload({})
    await app.page.reads('Corner shop')
  })
  afterAll(async () => {
    await app?.close()
    await network?.close()
  })

  test('a link to a profile that is not connected asks first, and reaches no broker when it is declined', async () => {
    const { page } = app
    expect(await app.startAgain('seekline://Corner%20shop/orders-today/0/17')).toEqual({ code: 0 })
    await page.reads('Corner shop is not connected. Connecting reaches')
    await page.reads('orders-today / 0 / 17')
    await page.screenshot('link')
    // Focus stands on the safe answer.
    await page.press('Enter')
    await page.gone({ role: 'alertdialog' })
    expect(network.open()).toBe(0)
    expect(await page.text()).not.toContain('orders-today')
  })

  test('a link that says nothing sensible gets a sentence', async () => {
    expect(await app.startAgain('seekline://Corner%20shop/orders/first/17')).toEqual({ code: 0 })
    await app.page.reads('This link cannot be opened: its partition is no number.')
    expect(network.open()).toBe(0)
  })

  test('a dropped client.properties fills the form and connects to nothing; what is no settings file is refused', async () => {
    const { page } = app
    await drop('huge.bin', { bytes: 50_000_000 })
    await page.reads(/huge\.bin holds 50\sMB; settings are far smaller\./)
    await drop('client.properties', { text: `bootstrap.servers=${network.address}\nclient.id=orders-tool\n`, picture: true }) // prettier-ignore
    const brokers = { role: 'textbox', name: 'Brokers' }
    await page.find(brokers)
    await expect
      .poll(
        () =>
          page.run(() =>
            [...document.querySelectorAll('input, textarea')].map((field) => (field as HTMLInputElement).value),
          ),
        { timeout: 20_000 },
      ) // prettier-ignore
      .toContain(network.address)
    expect(network.open()).toBe(0)
  })

  test('diagnostics are saved where the dialog says, and nothing on the disk holds a password', async () => {
    const file = path.join(app.home, 'diagnostics.tar.gz')
    await app.inMain(`(({ dialog }) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath: ${JSON.stringify(file)} })
    })(require('electron'))`)
    await app.chooseInMenu('Export diagnostics…')
    await app.page.reads('Saved diagnostics.tar.gz.')
    const archive = gunzipSync(await fs.readFile(file)).toString('latin1')
    expect(archive).toContain('Vault')
    for (const form of [password, Buffer.from(password).toString('base64'), Buffer.from(password).toString('hex')]) {
      expect(archive).not.toContain(form)
      expect(await holding(app.home, form)).toEqual([])
    }
  })

  /** By the events of a real drop: this Chromium's protocol cannot drag a file in. */
  async function drop(name: string, { text, bytes, picture }: { text?: string; bytes?: number; picture?: boolean }) {
    const fire = (kind: string) =>
      app.page.run(
        (type, fileName, content, size) => {
          const dataTransfer = new DataTransfer()
          dataTransfer.items.add(new File([content ?? new Uint8Array(size ?? 0)], fileName))
          window.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
        },
        kind,
        name,
        text,
        bytes,
      )
    await fire('dragover')
    if (picture === true) await app.page.screenshot('drop')
    await fire('drop')
  }
})

/** Files below a folder that hold the text. */
async function holding(folder: string, text: string): Promise<string[]> {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  const found = await Promise.all(
    files.map(async (file) => ((await fs.readFile(file).catch(() => Buffer.alloc(0))).includes(text) ? file : [])),
  )
  return found.flat()
}
