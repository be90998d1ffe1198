import { buildApp } from './lib/build-app.ts'
import { exitWith } from './lib/setup-error.ts'

await buildApp({ quiet: false }).catch(exitWith)
