// npm run dist: makes the installers of this platform in dist/. `npm run dist -- tar.gz` makes only the named kinds.
// SEEKLINE_UPDATES=github:<owner>/<repository> or an https address is where the app looks for newer versions.
import { parseArgs } from 'node:util'
import { buildApp } from './lib/build-app.ts'
import { packApp } from './lib/packager.ts'
import { homepageOf, updatesOf } from './lib/release-settings.ts'
import { exitWith } from './lib/setup-error.ts'

try {
  const { positionals } = parseArgs({ allowPositionals: true })
  const updates = updatesOf(process.env)
  const homepage = homepageOf(process.env)
  await buildApp({ quiet: true })
  const files = await packApp({
    targets: positionals.length === 0 ? 'installers' : positionals,
    ...(updates === undefined ? {} : { updates }),
    ...(homepage === undefined ? {} : { homepage }),
  })
  for (const file of files) console.log(file)
} catch (error) {
  exitWith(error)
}
