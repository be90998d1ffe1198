// The two containers for an icon's PNG images that Windows and macOS require.

export interface IconImage {
  /** Width and height. */
  size: number
  png: Uint8Array
}

/** An .ico: a directory with 16 bytes per image, then the images. 256 is written as 0, because there is one byte for it. */
export function writeIco(images: readonly IconImage[]): Buffer {
  const head = Buffer.alloc(6 + 16 * images.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(images.length, 4)
  let offset = head.length
  for (const [index, { size, png }] of images.entries()) {
    const at = 6 + 16 * index
    head.writeUInt8(size % 256, at)
    head.writeUInt8(size % 256, at + 1)
    head.writeUInt16LE(1, at + 4)
    head.writeUInt16LE(32, at + 6)
    head.writeUInt32LE(png.length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += png.length
  }
  return Buffer.concat([head, ...images.map(({ png }) => png)])
}

/**
 * An .icns: one chunk per image, named by pixels and by points. 16 and 32 points at one pixel each are left out: those
 * chunks cannot contain PNG, and macOS makes them from the doubled ones.
 */
export function writeIcns(images: readonly IconImage[]): Buffer {
  const chunks = icnsTypes.flatMap(([type, size]) => {
    const image = images.find((one) => one.size === size)
    if (image === undefined) throw new Error(`An .icns needs an image of ${size} pixels.`)
    return [chunk(type, image.png)]
  })
  return chunk('icns', Buffer.concat(chunks))
}

const icnsTypes: readonly [type: string, size: number][] = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
]

function chunk(type: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(8)
  head.write(type, 'latin1')
  head.writeUInt32BE(head.length + body.length, 4)
  return Buffer.concat([head, body])
}
