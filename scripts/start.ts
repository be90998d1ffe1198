// npm start: the app without the demo.
import { parseArgs } from 'node:util'
import { buildIfStale } from './lib/build-app.ts'
import { askedToEnd, openApp } from './lib/open-app.ts'
import { exitWith } from './lib/setup-error.ts'

try {
  const { values } = parseArgs({ options: { 'no-open': { type: 'boolean' }, port: { type: 'string' } } })
  const end = askedToEnd()
  await buildIfStale(console.log)
  const port = values.port === undefined ? {} : { port: values.port }
  const app = await openApp({ noOpen: values['no-open'] === true, ...port }, console.log)
  const ended = await Promise.race([app.exited, end])
  await app.stop()
  process.exit(ended?.code ?? 0)
} catch (error) {
  exitWith(error)
}
