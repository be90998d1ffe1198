// npm run pictures: takes the documentation's pictures with the demo's data. --out, --size 1920x1080, --only a,b.
import { parseArgs } from 'node:util'
import { takePictures } from './lib/pictures.ts'
import { repoRoot } from './lib/paths.ts'
import { exitWith, SetupError } from './lib/setup-error.ts'

try {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: `${repoRoot}/docs/pictures` },
      size: { type: 'string', default: '1280x800' },
      only: { type: 'string' },
    },
  })
  const [, width, height] = /^(\d{3,4})x(\d{3,4})$/.exec(values.size) ?? []
  if (width === undefined || height === undefined) throw new SetupError(`--size is like 1280x800, not ${values.size}.`)
  const only = values.only?.split(',')
  await takePictures({ folder: values.out, width: Number(width), height: Number(height), ...(only && { only }) }, console.log) // oxfmt-ignore
  process.exit(0)
} catch (error) {
  exitWith(error)
}
