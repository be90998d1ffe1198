import fs from 'node:fs/promises'
import path from 'node:path'

/**
 * A folder that electron-builder accepts as an unpacked Electron: the files that it uses, and a program that contains only the
 * fuse wire. The real one is 100 MB, which a test cannot rely on; this tests our configuration.
 */
export async function fakeElectron(folder: string, version: string): Promise<string> {
  await fs.mkdir(path.join(folder, 'locales'), { recursive: true })
  await fs.mkdir(path.join(folder, 'resources'))
  const files: Record<string, string | Buffer> = {
    version,
    LICENSE: 'Electron',
    'LICENSES.chromium.html': '',
    'chrome-sandbox': '',
    'locales/en-US.pak': '',
    'locales/de.pak': '',
    'resources/default_app.asar': '',
    electron: fuseWire(),
  }
  for (const [name, content] of Object.entries(files)) await fs.writeFile(path.join(folder, name), content)
  return folder
}

/** A sentinel, the wire's version and length, and one byte per fuse, all as in a released Electron. */
function fuseWire(): Buffer {
  const shipped = '1011001' + '1'
  const head = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX', 'latin1')
  return Buffer.concat([Buffer.from('ELF'), head, Buffer.from([1, shipped.length]), Buffer.from(shipped, 'latin1')])
}
