// npm run pack: the app as this platform runs it, in dist/, without an installer around it.
import { buildApp } from './lib/build-app.ts'
import { packApp } from './lib/packager.ts'
import { exitWith } from './lib/setup-error.ts'

try {
  await buildApp({ quiet: true })
  await packApp({ targets: 'folder' })
} catch (error) {
  exitWith(error)
}
