import { execFile } from 'node:child_process'
import fs from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { repoRoot } from '../../scripts/lib/paths.ts'

interface Step {
  uses?: string
  run?: string
  with?: Record<string, unknown>
}
interface Job {
  'runs-on'?: string
  'timeout-minutes'?: number
  permissions?: Record<string, string>
  uses?: string
  steps?: Step[]
}
interface Workflow {
  permissions: Record<string, string>
  jobs: Record<string, Job>
}

const { scripts } = JSON.parse(await fs.readFile(path.join(repoRoot, 'package.json'), 'utf8')) as { scripts: object }
const folder = path.join(repoRoot, '.github', 'workflows')
const texts = Object.fromEntries(
  await Promise.all(
    (await fs.readdir(folder)).map(async (name) => [name, await fs.readFile(path.join(folder, name), 'utf8')] as const),
  ),
)
const workflows = Object.entries(texts).map(([name, text]) => [name, parse(text) as Workflow] as const)

// The rights of the workflows matter to everybody who installs a release; no other test would notice a change of them.
describe.each(workflows)('%s', (name, workflow) => {
  const jobs = Object.entries(workflow.jobs)
  const steps = jobs.flatMap(([, job]) => job.steps ?? [])

  it('may read the repository, and only the drafting job may write', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    const writing = jobs.filter(([, { permissions }]) => permissions !== undefined)
    expect(writing.map(([job, { permissions }]) => [job, permissions])).toEqual(
      name === 'release.yml' ? [['draft', { contents: 'write', 'id-token': 'write', attestations: 'write' }]] : [],
    )
  })

  it('uses GitHub’s own actions, each pinned by its commit, its version beside it', () => {
    const used = steps.flatMap(({ uses }) => uses ?? [])
    expect(used.length).toBeGreaterThan(0)
    // A tag can be moved to other code; a commit cannot.
    for (const action of used) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/)
    const lines = texts[name]!.split('\n').filter((line) => /^\s*(- )?uses: actions\//.test(line))
    expect(lines).toHaveLength(used.length)
    for (const line of lines) expect(line).toMatch(/ # v\d+\.\d+\.\d+$/)
  })

  it('leaves no token in the checkout, where every later step could read it', () => {
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) {
      expect(step.with).toMatchObject({ 'persist-credentials': false })
    }
  })

  it('gives no step a secret, or any text from outside, on its command line', () => {
    for (const { run } of steps) expect(run ?? '').not.toContain('${{')
  })

  it('ends by itself, and runs only what package.json has', () => {
    for (const [, job] of jobs) expect(job.uses ?? job['timeout-minutes']).toBeDefined()
    const called = steps.flatMap(({ run }) =>
      [...(run ?? '').matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script!),
    )
    for (const script of called) expect(scripts).toHaveProperty([script])
  })
})

// The lockfile decides what is installed; an entry without a digest would accept whatever the registry returns.
it('names a digest for each package of the lockfile', async () => {
  const lock = JSON.parse(await fs.readFile(path.join(repoRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { integrity?: string; link?: boolean; inBundle?: boolean; resolved?: string }>
  }
  const without = Object.entries(lock.packages)
    // A package inside of another one's archive is covered by that one's digest.
    .filter(
      ([at, { integrity, link, inBundle }]) =>
        at !== '' && link !== true && inBundle !== true && !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''),
    ) // oxfmt-ignore
    .map(([at]) => at)
  expect(without).toEqual([])
  const elsewhere = Object.values(lock.packages).flatMap(({ resolved }) => resolved ?? [])
  expect(elsewhere).toEqual([])
})

it('can say what went into a release', async () => {
  const { stdout } = await promisify(execFile)('npm', ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'], {
    cwd: repoRoot,
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  })
  const sbom = JSON.parse(stdout) as { bomFormat: string; components: { name: string }[] }
  expect(sbom.bomFormat).toBe('CycloneDX')
  const names = sbom.components.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['kafkajs', 'react', 'electron']))
})
