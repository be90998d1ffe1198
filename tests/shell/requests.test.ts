import fs from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { profileFile } from '#shared/model/profile-file.ts'
import { newProfile } from '#shared/model/profile.ts'
import { startCutProxy, type CutProxy } from '../support/cut-proxy.ts'
import { toolsFor, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { startShell, type ShellApp } from './shell-app.ts'
import { steps } from './steps.ts'
import { untilHolds } from '../support/wait-for.ts'

const { leading } = inject('shell')
const kafka = inject('secure')
const { listeners, bootstrap } = kafka
const topic = uniqueName('shell-requests')
const password = 'alice-secret'
let tools: KafkaTools

beforeAll(async () => {
  tools = await toolsFor(kafka)
  await tools.createTopic(topic, 1)
  await kcatProduce(bootstrap, { topic, partition: 0, input: Array.from({ length: 30 }, (_, i) => `value ${i}`).join('\n') }) // oxfmt-ignore
})

// Input from outside: links, dropped files, and paths chosen in the system's own dialogs.
describe.each(leading)('what the shell is handed, $name', (target) => {
  const group = uniqueName('shell-requests')
  const brokers = { role: 'textbox', name: 'Brokers' }
  let app: ShellApp
  let network: CutProxy

  beforeAll(async () => {
    network = await startCutProxy(bootstrap)
    const reset = tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', '9', '--execute')
    app = await startShell(target)
    await reset
    const shop = newProfile('shop', { name: 'Corner shop', brokers: [bootstrap], addressMap: [{ from: bootstrap, to: network.address }] }) // oxfmt-ignore
    const vault = newProfile('vault', { name: 'Vault', brokers: (listeners.saslPlaintext ?? '').split(','), sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' } }) // oxfmt-ignore
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
    for (const key of ['Enter', 'Escape'] as const) {
      expect(await app.startAgain(`seekline://Corner%20shop/${topic}/0/17`)).toEqual({ code: 0 })
      await page.reads('Corner shop is not connected. Connecting reaches')
      await page.reads(`${topic} / 0 / 17`)
      await page.screenshot('link')
      // The focus is on the safe answer.
      await page.press(key)
      await page.gone({ role: 'alertdialog' })
    }
    expect(network.taken()).toBe(0)
    expect(await page.text()).not.toContain(topic)
  })

  test('a link that says nothing sensible gets a sentence', async () => {
    expect(await app.startAgain('seekline://Corner%20shop/orders/first/17')).toEqual({ code: 0 })
    await app.page.reads('This link cannot be opened: its partition is no number.')
    expect(await app.startAgain('seekline://Corner%2shop/orders')).toEqual({ code: 0 })
    await app.page.reads('This link cannot be opened: its percent-encoding is broken.')
  })

  test('what is dropped and is no settings file gets a sentence, and changes nothing', async () => {
    await fs.writeFile(at('huge.bin'), '')
    await fs.truncate(at('huge.bin'), 50_000_000)
    await fs.writeFile(at('noise.properties'), Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7919) % 256)))
    await fs.mkdir(at('folder'))
    await drop('huge.bin')
    await app.page.reads(/huge\.bin holds 50\sMB; settings are far smaller\./)
    await drop('noise.properties')
    await app.page.reads('noise.properties: No client settings were found in the text.')
    await drop('folder')
    await app.page.reads('folder could not be read.')
    await app.page.gone(brokers)
    const profiles = await app.page.run(
      async () => (await window.seeklineTest.client().call('profiles.list', {})).items,
    )
    expect(profiles.map(({ profile }) => profile.name).toSorted()).toEqual(['Corner shop', 'Vault'])
  })

  test('a dropped client.properties or exported profile fills the form, and connects to nothing', async () => {
    await fs.writeFile(at('client.properties'), `bootstrap.servers=${network.address}\nclient.id=orders-tool\n`)
    await drop('client.properties', 'drop')
    await untilHolds('the brokers are filled in', async () => expect(await valueOf('Brokers')).toBe(network.address))
    const given = newProfile('given', { name: 'From a colleague', brokers: [network.address], accessMode: 'full' })
    await fs.writeFile(at('given.seekline.json'), profileFile(given).text)
    await drop('given.seekline.json')
    await untilHolds('the name is filled in', async () => expect(await valueOf('Name')).toBe('From a colleague'))
    expect(network.taken()).toBe(0)
  })

  test('a file that the dialog names fills the form', async () => {
    await fs.writeFile(at('chosen.properties'), 'bootstrap.servers=chosen.example:9092\n')
    await app.inMain(`(({ dialog }) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [${JSON.stringify(at('chosen.properties'))}] })
    })(require('electron'))`)
    await app.chooseInMenu('Import a profile…')
    await untilHolds('the brokers are filled in', async () =>
      expect(await valueOf('Brokers')).toBe('chosen.example:9092'),
    )
  })

  test('a link whose profile nobody knows by that name lets one choose, then connects and opens its record', async () => {
    const { page } = app
    expect(await app.startAgain(`seekline://Shop%20%26%20S%C3%B6hne%2F1/${topic}/0/17`)).toEqual({ code: 0 })
    await page.reads('Shop & Söhne/1')
    await page.reads('No profile here is called that')
    expect(network.taken()).toBe(0)
    await page.choose({ role: 'button', name: 'Open it on' }, { role: 'option', name: 'Corner shop' })
    await page.screenshot('link-choice')
    await page.click({ role: 'button', name: 'Connect and open' })
    await page.reads('value 17')
    expect(network.taken()).toBeGreaterThan(0)
  })

  test('a change and a receipt are saved where the dialog says, as they were kept', async () => {
    const { page } = app
    const kept = await page.run(
      async (name, from, to) => {
        const client = window.seeklineTest.client()
        const connectionId = 'shop' as never
        const plan = await client.call('offsets.plan', { connectionId, group: name, target: { at: 'log-start' } })
        await client.call('offsets.apply', { connectionId, plan })
        const spec = { source: connectionId, target: connectionId, topic: from, range: { by: 'places' as const, from: { at: 'log-start' as const } }, targetTopic: { create: true as const, name: to, partitions: 1, replicationFactor: 1, configs: [] }, partitioning: 'keep' as const, timestamps: 'keep' as const } // oxfmt-ignore
        const replay = await client.call('replay.plan', spec)
        await client.openStream('replay.run', { source: connectionId, target: connectionId, plan: replay })
        const [change] = (await client.call('journal.list', { kind: 'positions' })).items
        const [receipt] = (await client.call('journal.list', { kind: 'replay' })).items
        return { change: change!.id, receipt: receipt!.id }
      },
      group,
      topic,
      uniqueName('shell-copy'),
    )
    await saveTo('change.json')
    await app.chooseInMenu('Journal of changes')
    // The newest change of all kinds comes first, and that is the replay.
    await page.click({ role: 'row', name: group })
    await page.click(steps(page).button('Save…'))
    await page.reads('Saved change.json.')
    expect(JSON.parse(await fs.readFile(at('change.json'), 'utf8'))).toMatchObject({ id: kept.change, rows: [{ before: { offset: '9' }, after: { offset: '0' } }] }) // oxfmt-ignore
    await saveTo('receipt.json')
    await page.click({ role: 'row', name: 'complete' })
    await page.click(steps(page).button('Save…'))
    await page.reads('Saved receipt.json.')
    expect(JSON.parse(await fs.readFile(at('receipt.json'), 'utf8'))).toMatchObject({ id: kept.receipt, copied: '30' })
  })

  test('diagnostics are saved where the dialog says, without the password of this run', async () => {
    await saveTo('diagnostics.tar.gz')
    await app.chooseInMenu('Export diagnostics…')
    await app.page.reads('Saved diagnostics.tar.gz.')
    const archive = gunzipSync(await fs.readFile(at('diagnostics.tar.gz'))).toString('latin1')
    expect(archive).toContain('Vault')
    for (const form of [password, Buffer.from(password).toString('base64'), Buffer.from(password).toString('hex')]) {
      expect(archive).not.toContain(form)
    }
  })

  const at = (name: string) => path.join(app.home, name)

  const saveTo = (name: string) =>
    app.inMain(`(({ dialog }) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath: ${JSON.stringify(at(name))} })
    })(require('electron'))`)

  const valueOf = (label: string) =>
    app.page.run((wanted) => {
      const labels = [...document.querySelectorAll('label')].filter((one) => one.textContent === wanted)
      return labels.map(({ control }) => (control as HTMLInputElement | null)?.value).at(-1)
    }, label)

  /** A real file in the events of a drop: this Chromium's protocol cannot drag one in. */
  async function drop(name: string, picture?: string): Promise<void> {
    const { cdp } = app.page
    const made = await cdp.Runtime.evaluate({ expression: `window.dropped = Object.assign(document.createElement('input'), { type: 'file' })` }) // oxfmt-ignore
    await cdp.DOM.setFileInputFiles({ objectId: made.result.objectId ?? '', files: [at(name)] })
    const fire = (kind: string) =>
      app.page.run((type) => {
        const dataTransfer = new DataTransfer()
        dataTransfer.items.add((Reflect.get(window, 'dropped') as HTMLInputElement).files![0]!)
        window.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
      }, kind)
    await fire('dragover')
    if (picture !== undefined) await app.page.screenshot(picture)
    await fire('drop')
  }
})
