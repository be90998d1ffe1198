// npm run demo: Kafka with sample data, and the app on it. --no-open only prints the address; --port chooses its port.
import { parseArgs } from 'node:util'
import { runDemo } from './demo/run-demo.ts'
import { exitWith } from './lib/setup-error.ts'

try {
  const { values } = parseArgs({ options: { 'no-open': { type: 'boolean' }, port: { type: 'string' } } })
  const port = values.port === undefined ? {} : { port: values.port }
  process.exit(await runDemo({ noOpen: values['no-open'] === true, ...port }, console.log))
} catch (error) {
  exitWith(error)
}
