import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStage, type Stage } from './stage.ts'
import { steps } from './steps.ts'
import { untilHolds } from '../support/wait-for.ts'

// What was typed as a password is gone from the page once it is saved: the form then says "stored", and neither the page's
// storage nor its memory, read as a debugger reads it, holds it any more.

const password = 'typed-once-4f7d2c90'
let stage: Stage
let see: ReturnType<typeof steps>

beforeAll(async () => {
  stage = await startStage()
  see = steps(stage.page)
  await stage.open()
})
afterAll(() => stage?.close())

/** The page's heap as text, strings of every kind among it. */
async function heap(): Promise<string> {
  const session = await stage.page.context().newCDPSession(stage.page)
  const chunks: string[] = []
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk))
  await session.send('HeapProfiler.enable')
  for (let round = 0; round < 3; round += 1) await session.send('HeapProfiler.collectGarbage')
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false, captureNumericValue: false })
  await session.detach()
  return chunks.join('')
}

test('a password is typed, and the page has it', async () => {
  const { page } = stage
  await see.openProfiles()
  await page.getByRole('textbox', { name: 'Brokers' }).fill('127.0.0.1:1')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Vault')
  await page.getByRole('radio', { name: 'PLAIN', exact: true }).click()
  await page.getByRole('textbox', { name: 'User name' }).fill('alice')
  await page.getByLabel('Password', { exact: true }).fill(password)
  // That the search finds what is there.
  expect((await heap()).includes(password)).toBe(true)
})

test('saved and left, it is nowhere in the page', { timeout: 120_000 }, async () => {
  const { page } = stage
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Vault is saved').waitFor()
  await see.command('Journal of changes')
  await page.getByRole('tab', { name: 'Journal' }).waitFor()
  // Typing elsewhere takes the place of what the browser keeps of the last keys.
  await page.keyboard.press('Control+k')
  await page.keyboard.type('something else entirely')
  await page.keyboard.press('Escape')
  await untilHolds('the password leaves the heap', async () => expect((await heap()).includes(password)).toBe(false), {
    everyMs: 2_000,
  })
  const kept = await page.evaluate(() =>
    JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
  )
  expect(kept).not.toContain(password)
  expect(await page.content()).not.toContain(password)
})

test('opened again, the form says that it is stored, and sends nothing of it', async () => {
  const { page } = stage
  await see.openProfiles()
  await see.row(/Vault/).click()
  const field = page.getByLabel('Password', { exact: true })
  await field.waitFor()
  expect(await field.inputValue()).toBe('')
  expect(await field.getAttribute('placeholder')).toBe('stored')
  expect((await heap()).includes(password)).toBe(false)
})
