// npm run pack: packs the app for this platform in dist/, without an installer.
import { buildApp } from './lib/build-app.ts'
import { packApp } from './lib/packager.ts'
import { exitWith } from './lib/setup-error.ts'

try {
  await buildApp({ quiet: true })
  await packApp({ targets: 'folder' })
} catch (error) {
  exitWith(error)
}
