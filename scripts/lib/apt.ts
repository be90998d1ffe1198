import { run } from './run-program.ts'

/** Installs Debian packages if this process may (root, on a system with apt); false if it may not, or it failed. */
export async function aptInstall(...packages: string[]): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const apt = async (limit: number, ...args: string[]): Promise<boolean> => {
    const result = await run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], { timeoutMs: limit, env: { DEBIAN_FRONTEND: 'noninteractive' } })
      .catch(() => undefined) // oxfmt-ignore
    return result?.code === 0
  }
  const install = () => apt(400_000, 'install', '-y', '--no-install-recommends', ...packages)
  if (await install()) return true
  await apt(120_000, 'update')
  return install()
}
