import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { fakeElectron } from '../support/electron-fake.ts'

// The handler of app://, on real files: what it gives, what it refuses, and the policy it sends.

const electron = fakeElectron()
vi.mock('electron', () => electron.module)
const { serveBundle } = await import('../../electron/app/app-protocol.ts')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'seekline-bundle-'))
  const root = path.join(folder, 'renderer')
  await mkdir(path.join(root, 'assets'), { recursive: true })
  await writeFile(path.join(folder, 'secret.json'), '"outside"')
  await writeFile(
    path.join(root, 'index.html'),
    '<meta property="csp-nonce" nonce="__CSP_NONCE__"><title>Seekline</title>',
  )
  await writeFile(path.join(root, 'assets', 'main-abc.js'), 'export {}')
  await writeFile(path.join(root, 'main.js.map'), '{}')
  await writeFile(path.join(root, '.hidden.json'), '"hidden"')
  serveBundle(root, () => undefined)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const get = (url: string, method = 'GET') => electron.protocols.get('app')!({ url, method })

describe('app://bundle', () => {
  it('gives the page and its files, each with its type', async () => {
    const page = await get('app://bundle/')
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const script = await get('app://bundle/assets/main-abc.js?v=1')
    expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8'])
    expect(script.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each([
    'app://bundle/../secret.json',
    'app://bundle/%2e%2e/secret.json',
    'app://bundle/..%2fsecret.json',
    'app://bundle/assets/..%5c..%5csecret.json',
    'app://bundle/assets/../../secret.json',
    'app://bundle//etc/passwd',
    'app://bundle/c:/windows/win.ini',
    'app://bundle/.hidden.json',
    'app://bundle/main.js.map',
    'app://bundle/index.html%00.js',
    'app://bundle/assets',
    'app://bundle/assets/',
  ])('gives nothing from outside its folder: %s', async (url) => {
    const answer = await get(url)
    expect(answer.status).toBe(404)
    expect(await answer.text()).not.toContain('outside')
  })

  it('answers for its own host and reads only', async () => {
    expect((await get('app://other/')).status).toBe(404)
    expect((await get('app://bundle/', 'POST')).status).toBe(405)
  })

  it('sends a policy that allows its own files and one nonce, and no way out', async () => {
    const answer = await get('app://bundle/')
    const policy = answer.headers.get('content-security-policy')!
    const nonce = /'nonce-([^']+)'/.exec(policy)![1]!
    expect(policy.split('; ').toSorted()).toEqual(
      [
        "default-src 'none'",
        "script-src 'self'",
        `style-src 'self' 'nonce-${nonce}'`,
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'none'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        'trusted-types default',
      ].toSorted(),
    )
    expect(await answer.text()).toContain(`nonce="${nonce}"`)
    const again = (await get('app://bundle/')).headers.get('content-security-policy')!
    expect(again).not.toContain(nonce)
  })
})
