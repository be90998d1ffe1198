import { globSync, readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import path from 'node:path'
import react from '@vitejs/plugin-react'
import { LongestFirst } from './tests/support/longest-first.ts'
import { displaysAtOnce } from './scripts/shell/display.ts'

// Projects, so that a run says which kind of test it was: `unit` and `dom` need nothing, `pack` the build; `integration` and
// `e2e` start a real Kafka (and a real Chromium) through tests/support; `shell` starts a real Electron as well. They mostly wait for
// brokers, so two to four files run at once, with their own names of topics and groups. A display has one focus, so each worker of
// the shell has a display. `measured` are tests of all kinds that judge time, or the memory of a whole process or page: they run one
// file after the other, with nothing else, and only if they are named. Files share a process if none leaves anything behind
// (`isolate`): evaluating the same modules for each took a second and a half of processor time.

/** Limits are against hanging, never for speed: longer than those of tests/support/wait-for.ts, which say what did not happen. */
const hangMs = 120_000
const brokersHangMs = 480_000
/** By default Vitest leaves a core idle. More than the number of cores, since some files wait until a worker is given up. */
const unitWorkers = '150%'
const measured = [
  '{shared,electron,renderer,scripts}/**/*.measured.test.ts',
  'tests/{integration,security,e2e}/**/*.measured.test.ts',
]

const unit = ['{shared,electron,renderer,scripts}/**/*.test.ts', 'tests/security/shell-*.test.ts']
/** They mock modules, so each needs a process of its own. */
const mocking = globSync(unit, { cwd: import.meta.dirname }).filter((file) =>
  /vi\.(mock|doMock|resetModules)\(/.test(readFileSync(path.join(import.meta.dirname, file), 'utf8')),
)

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: unit,
          exclude: [...measured, ...mocking],
          testTimeout: hangMs,
          hookTimeout: hangMs,
          maxWorkers: unitWorkers,
          isolate: false,
        },
      },
      {
        test: {
          name: 'unit-mocking',
          environment: 'node',
          include: mocking,
          testTimeout: hangMs,
          hookTimeout: hangMs,
          maxWorkers: unitWorkers,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'dom',
          environment: 'jsdom',
          include: ['renderer/**/*.test.tsx'],
          setupFiles: ['tests/support/dom-setup.ts'],
          testTimeout: hangMs,
          hookTimeout: hangMs,
          maxWorkers: unitWorkers,
        },
      },
      {
        test: {
          name: 'integration',
          environment: 'node',
          include: ['tests/integration/**/*.test.ts', 'tests/security/**/*.test.ts'],
          exclude: ['tests/security/shell-*.test.ts', ...measured],
          globalSetup: ['tests/support/global-setup.ts'],
          testTimeout: brokersHangMs,
          hookTimeout: brokersHangMs,
          maxWorkers: 4,
          isolate: false,
        },
      },
      {
        test: {
          name: 'measured',
          environment: 'node',
          include: measured,
          globalSetup: ['tests/support/global-setup.ts'],
          testTimeout: brokersHangMs,
          hookTimeout: brokersHangMs,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'pack',
          environment: 'node',
          include: ['tests/pack/**/*.test.ts'],
          testTimeout: hangMs,
          hookTimeout: hangMs,
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['tests/e2e/**/*.test.ts'],
          exclude: measured,
          globalSetup: ['tests/support/global-setup.ts'],
          testTimeout: brokersHangMs,
          hookTimeout: brokersHangMs,
          maxWorkers: 2,
          isolate: false,
        },
      },
      {
        test: {
          name: 'shell',
          environment: 'node',
          include: ['tests/shell/**/*.test.ts'],
          globalSetup: ['tests/shell/global-setup.ts'],
          testTimeout: brokersHangMs,
          hookTimeout: brokersHangMs,
          maxWorkers: displaysAtOnce,
        },
      },
    ],
  },
})
