import { spawn } from 'node:child_process'

export interface RunResult {
  code: number | null
  stdout: string
  stderr: string
}

export interface CommandOptions {
  timeoutMs?: number
  input?: string | Uint8Array
  env?: Record<string, string | undefined>
  cwd?: string
}

/** Runs a program to its end and collects its output; never waits for longer than the limit (120 s). */
export async function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<RunResult> {
  const { code, stdout, stderr } = await runBytes(command, args, options)
  return { code, stdout: stdout.toString('utf8'), stderr }
}

/** As `run`, with stdout as bytes: for output that may not be text (record values). */
export async function runBytes(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<{ code: number | null; stdout: Buffer; stderr: string }> {
  const { timeoutMs = 120_000, input, env, cwd } = options
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(
        new Error(
          `${command} ${args.join(' ')} did not end within ${timeoutMs / 1000} s.\n${Buffer.concat(err).toString()}`,
        ),
      )
    }, timeoutMs)
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8') })
    })
    // If a program ends without reading its input, its exit code counts, not our broken pipe.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })
}

/** Whether a program can be started at all: asks it for its version. */
export async function answers(
  command: string,
  args: readonly string[] = ['--version'],
): Promise<RunResult | undefined> {
  try {
    const result = await run(command, args, { timeoutMs: 30_000 })
    return result.code === 0 ? result : undefined
  } catch {
    return undefined
  }
}
