import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile, chmod, mkdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { redirectPage } from './open-browser.ts'
import { startServer } from './server.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})
async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'seekline-server-'))
  folders.push(folder)
  return folder
}

describe('the loopback server as a program', () => {
  it('says in one sentence that the page is not built', async () => {
    await expect(startServer({ router: {} as never, root: await tempFolder() })).rejects.toMatchObject({
      message: expect.stringContaining('The page is not built'),
      hint: 'npm run build',
    })
  })

  it('keeps the token out of the page that opens it unless quoted', () => {
    expect(redirectPage('http://127.0.0.1:1/#token=a"b<c&d')).toContain(
      'url=http://127.0.0.1:1/#token=a&quot;b&lt;c&amp;d"',
    )
  })

  // No process list may show the token: the browser is given a file of mode 0600 in a folder of mode 0700.
  it.runIf(process.platform === 'linux')('opens the browser through a private file, gone when it ends', async () => {
    const folder = await tempFolder()
    await mkdir(path.join(folder, 'bin'))
    await mkdir(path.join(folder, 'tmp'))
    const report = path.join(folder, 'report')
    const opener = path.join(folder, 'bin', 'xdg-open')
    await writeFile(
      opener,
      `#!/bin/sh\nfile="\${1#file://}"\n{ echo "$1"; stat -c '%a' "$file"; stat -c '%a' "$(dirname "$file")"; cat "$file"; } > ${report}.part\nmv ${report}.part ${report}\n`,
    )
    await chmod(opener, 0o755)
    const renderer = path.join(folder, 'renderer')
    await mkdir(renderer)
    await writeFile(path.join(renderer, 'index.html'), '<title>Seekline</title>')
    const program = `
      import { startServer } from ${JSON.stringify(path.join(import.meta.dirname, 'server.ts'))}
      const server = await startServer({ router: {}, root: ${JSON.stringify(renderer)} })
      console.log(JSON.stringify({ url: server.url, opened: await server.openInBrowser() }))
      await server.close()`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: path.join(import.meta.dirname, '..'),
      env: {
        ...process.env,
        PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}`,
        TMPDIR: path.join(folder, 'tmp'),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    await once(child, 'close')
    const { url, opened } = JSON.parse(out) as { url: string; opened: boolean }
    expect(opened).toBe(true)
    const [address, mode, folderMode, ...page] = (await readFile(report, 'utf8')).split('\n')
    expect(address).not.toContain(url.split('token=')[1])
    expect([mode, folderMode]).toEqual(['600', '700'])
    expect(page.join('\n')).toContain(`url=${url}`)
    await expect(readFile(new URL(address!))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
