import { gzipSync } from 'node:zlib'

export interface TarEntry {
  /** A plain name of at most 99 ASCII characters. */
  name: string
  content: Uint8Array
}

/** A few small files as one `.tar.gz` (POSIX ustar), which every system can open. */
export function tarGz(entries: readonly TarEntry[], at: Date): Uint8Array<ArrayBuffer> {
  const blocks = entries.flatMap(({ name, content }) => [
    header(name, content.byteLength, at),
    content,
    new Uint8Array((512 - (content.byteLength % 512)) % 512),
  ])
  const zipped = gzipSync(Buffer.concat([...blocks, new Uint8Array(1_024)]))
  // A copy: Electron's IPC would send the whole pool of a Buffer.
  return new Uint8Array(zipped)
}

function header(name: string, size: number, at: Date): Uint8Array {
  const block = Buffer.alloc(512)
  const octal = (value: number, offset: number, digits: number): void => {
    block.write(value.toString(8).padStart(digits, '0'), offset, 'latin1')
  }
  block.write(name, 0, 99, 'latin1')
  octal(0o600, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(size, 124, 11)
  octal(Math.floor(at.getTime() / 1_000), 136, 11)
  // The checksum is computed with blanks in its own field.
  block.fill(0x20, 148, 156)
  block.write('0', 156, 'latin1')
  block.write('ustar\u000000', 257, 'latin1')
  octal(block.reduce((sum, byte) => sum + byte, 0), 148, 6) // oxfmt-ignore
  block[154] = 0
  return block
}
