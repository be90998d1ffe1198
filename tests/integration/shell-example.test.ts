import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startSecureKafka } from '../support/kafka.ts'

// What the README says of a cluster with TLS and sign-in, as a reader would paste it.

const root = path.join(import.meta.dirname, '../..')
let kafka: Awaited<ReturnType<typeof startSecureKafka>>
let home: string

beforeAll(async () => {
  kafka = await startSecureKafka()
  await kafka.tools.createTopic('alice-orders', 1)
  home = await mkdtemp(path.join(os.tmpdir(), 'seekline-example-'))
})
afterAll(async () => {
  await kafka?.stop()
  await rm(home, { recursive: true, force: true })
})

async function bash(script: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const api = `"${process.execPath}" "${path.join(root, 'electron/api.ts')}"`
  const env = { ...process.env, SEEKLINE_HOME: path.join(home, 'data') }
  const text = `set -eo pipefail\n${script.replaceAll('npm run -s api --', api).replaceAll('node -e', `"${process.execPath}" -e`)}`
  return promisify(execFile)('bash', ['-c', text], { cwd: home, env, timeout: 240_000 }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
}

it('makes a profile from a shell and reads a secured cluster with it', async () => {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8')
  const example = readme.split('```').find((block) => block.includes('profiles.import'))!
  expect(example).toContain('KAFKA_PASSWORD=…')
  await writeFile(
    path.join(home, 'client.properties'),
    [
      `bootstrap.servers=${kafka.listeners.saslSsl}`,
      'security.protocol=SASL_SSL',
      'sasl.mechanism=SCRAM-SHA-512',
      'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="alice" password="wrong";',
      'ssl.truststore.type=PEM',
      `ssl.truststore.location=${kafka.certificates.ca}`,
    ].join('\n'),
  )
  const lines = example.replace('KAFKA_PASSWORD=…', 'KAFKA_PASSWORD=alice-secret').trim()
  const first = await bash(lines)
  expect(first.code).toBe(1)
  expect(JSON.parse(first.stdout)).toMatchObject({ profile: { name: 'Staging' }, notKept: [] })
  const asked = JSON.parse(first.stderr) as { message: string; hint: string }
  expect(asked.message).toContain('KAFKA_PASSWORD')
  expect(asked.message).toContain(kafka.listeners.saslSsl!.split(',')[0])
  expect(`${first.stdout}${first.stderr}`).not.toContain('alice-secret')

  const last = lines.split('\n').at(-1)!
  expect(await bash(last)).toMatchObject({ code: 1 })
  const agreeing = /agree to it once: (npm run -s api -- .*)$/.exec(asked.hint)![1]!
  expect(await bash(`KAFKA_PASSWORD=alice-secret ${agreeing}`)).toMatchObject({ code: 0, stderr: '' })
  const answer = await bash(last)
  expect(answer.stderr).toBe('')
  expect(JSON.parse(answer.stdout)).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ name: 'alice-orders' })]),
  })
})

it('says of a password that was left out, or that no next start will know, that it is not kept', async () => {
  for (const secrets of ['', ',secrets']) {
    const ran = await bash(
      `node -e 'const {profile,secrets}=JSON.parse(require("fs").readFileSync("draft.json"));
        console.log(JSON.stringify({profile:{...profile,id:"other",name:"Other"}${secrets}}))' |
        npm run -s api -- profiles.save -`,
    )
    expect(ran.code).toBe(3)
    expect(JSON.parse(ran.stdout)).toMatchObject({ notKept: ['password'] })
  }
})

it('does not say of a profile’s id that it is filled in', async () => {
  const { stdout } = await bash('npm run -s api -- profiles.save --schema')
  expect(stdout).not.toContain('Filled in')
  expect((await bash('npm run -s api -- topics.list --schema')).stdout).toContain('Filled in')
})
