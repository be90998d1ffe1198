import fs from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { repoRoot } from '../../scripts/lib/paths.ts'

interface Step {
  uses?: string
  run?: string
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

// What the workflows may do is a promise to whoever installs a release; nothing else here would notice it broken.
describe.each(workflows)('%s', (name, workflow) => {
  const jobs = Object.entries(workflow.jobs)
  const steps = jobs.flatMap(([, job]) => job.steps ?? [])

  it('may read the repository, and only the drafting job may write', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    const writing = jobs.filter(([, { permissions }]) => permissions !== undefined)
    expect(writing.map(([job, { permissions }]) => [job, permissions])).toEqual(
      name === 'release.yml' ? [['draft', { contents: 'write' }]] : [],
    )
  })

  it('uses GitHub’s own actions, each pinned by its major version', () => {
    const used = steps.flatMap(({ uses }) => uses ?? [])
    expect(used.length).toBeGreaterThan(0)
    for (const action of used) expect(action).toMatch(/^actions\/[\w-]+@v\d+$/)
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
