// npm run fuses: reads the fuses of the packed programs in dist/ and compares them with electron-builder.yml. A release step.
import path from 'node:path'
import { packedPrograms, readFuses } from './lib/fuses.ts'
import { repoRoot } from './lib/paths.ts'
import { exitWith, SetupError } from './lib/setup-error.ts'

try {
  const programs = await packedPrograms(path.join(repoRoot, 'dist'))
  if (programs.length === 0) throw new SetupError('dist/ holds no packed app: run `npm run pack` first.')
  for (const program of programs) {
    console.log(path.relative(repoRoot, program))
    for (const { name, wanted, found } of await readFuses(program)) {
      const words = found === undefined ? 'not in this Electron' : found ? 'on' : 'off'
      console.log(`  ${found === wanted ? 'ok ' : 'BAD'} ${name}: ${words}`)
      if (found !== wanted) process.exitCode = 1
    }
  }
} catch (error) {
  exitWith(error)
}
