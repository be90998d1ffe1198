import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStage, type Stage } from './stage.ts'
import { steps } from './steps.ts'

// Settings of two clusters are pasted: one is chosen, by keyboard alone; nothing of the other is taken, what would check less
// than usual is held back, and what stands in the environment goes nowhere before somebody agreed.

const variable = 'SEEKLINE_E2E_IMPORT'
const settings = `production:
  bootstrap.servers: 127.0.0.1:1
  security.protocol: SASL_SSL
  sasl.mechanism: PLAIN
  sasl.username: alice
  sasl.password: "\${env:${variable}}"
  enable.ssl.certificate.verification: "false"
development:
  bootstrap.servers: 127.0.0.1:2
  sasl.password: other-password
`
let stage: Stage
let see: ReturnType<typeof steps>

beforeAll(async () => {
  process.env[variable] = 'from-the-environment'
  stage = await startStage()
  see = steps(stage.page)
  await stage.open()
})
afterAll(async () => {
  delete process.env[variable]
  await stage?.close()
})

test('a text with two clusters asks which one, and takes nothing of the other', async () => {
  const { page } = stage
  await see.openProfiles()
  await page.getByRole('textbox', { name: /^Paste what a client/ }).fill(settings)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  const chooser = page.getByRole('region', { name: 'Choose a cluster' })
  await chooser.getByText('The text holds the settings of 2 clusters.').waitFor()
  await stage.audit('the choice of a cluster')
  await stage.picture('import-choice')
  // The first choice has the focus.
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'What was pasted' }).waitFor()
  expect(await page.getByRole('textbox', { name: 'Brokers' }).inputValue()).toBe('127.0.0.1:1')
  expect(await page.getByText('Nothing was taken from there.').count()).toBe(1)
  expect(await page.content()).not.toContain('other-password')
})

test('less verification is held back until somebody agrees', async () => {
  const { page } = stage
  const verify = page.getByRole('button', { name: 'Do not verify' })
  await verify.waitFor()
  expect(await page.getByText('Certificate verification is off').count()).toBe(0)
  await stage.audit('what an import holds back')
  await stage.picture('import-held')
  await verify.click()
  await page.getByText('Certificate verification is off').first().waitFor()
  expect(await verify.count()).toBe(0)
})

test('a variable of the environment is asked about before it goes anywhere', async () => {
  const { page } = stage
  await page.getByRole('button', { name: 'Save and connect' }).click()
  await page.getByText(`The environment variable ${variable} of this computer would be read`).waitFor()
  await page.getByText('127.0.0.1:1 (TLS, not verified)').waitFor()
  await stage.audit('the question about a variable')
  await stage.picture('import-variable')
  await page.getByRole('button', { name: 'Agree and connect' }).click()
  await page
    .getByText(/127\.0\.0\.1:1 cannot be reached/)
    .first()
    .waitFor()
  stage.clean()
})
