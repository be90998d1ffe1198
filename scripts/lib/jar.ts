import fs from 'node:fs/promises'
import { inflateRawSync } from 'node:zlib'

const END = 0x06054b50
const STORED = 0

/** The files of a jar whose names `wanted` accepts, as text. Supports only the ZIP features of jars: no ZIP64, no encryption. */
export async function jarTexts(file: string, wanted: (name: string) => boolean): Promise<Map<string, string>> {
  const zip = await fs.readFile(file)
  let end = zip.length - 22
  while (end >= 0 && zip.readUInt32LE(end) !== END) end -= 1
  if (end < 0) throw new Error(`${file} is no jar.`)
  const texts = new Map<string, string>()
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const method = zip.readUInt16LE(at + 10)
    const size = zip.readUInt32LE(at + 20)
    const nameSize = zip.readUInt16LE(at + 28)
    const name = zip.toString('utf8', at + 46, at + 46 + nameSize)
    if (wanted(name)) {
      // The local header in front of the data has an extra field of a different length.
      const local = zip.readUInt32LE(at + 42)
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
      const data = zip.subarray(start, start + size)
      texts.set(name, (method === STORED ? data : inflateRawSync(data)).toString('utf8'))
    }
    at += 46 + nameSize + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return texts
}
