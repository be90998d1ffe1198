// node scripts/bootstrap.mjs <script> [args…]
//
// Runs a script of this repository under the Node that package.json pins (the npm package `node`), whatever Node the
// laptop has. Does the set-up first: installs and updates dependencies, and checks that the pinned Node is really there.
// Plain JavaScript without dependencies, because it must run before anything is installed, on Node 20 as well.
// If there is nothing to do it prints nothing and takes a few milliseconds: `npm run -s api` uses it.

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import Module from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const modules = path.join(root, 'node_modules')
const lockfile = path.join(root, 'package-lock.json')
const stampFile = path.join(modules, '.seekline-installed')
const windows = process.platform === 'win32'
const runtime = path.join(modules, 'node', 'bin', windows ? 'node.exe' : 'node')
const neededMajor = 24

function main() {
  if (major(process.versions.node) < 20) {
    fail(`Seekline needs Node 20 or newer, this is ${process.version}: install a current Node from https://nodejs.org.`)
  }
  const [script, ...args] = process.argv.slice(2)
  if (!script) fail('usage: node scripts/bootstrap.mjs <script> [args…]')
  const file = path.resolve(script)
  if (!fs.existsSync(file)) fail(`There is no ${script} here.`)

  if (!dependenciesCurrent()) withSetupLock(() => dependenciesCurrent() || installDependencies())
  // Children (vite, vitest, tsc …) find the pinned Node and the tools first.
  process.env.PATH = path.join(modules, '.bin') + path.delimiter + (process.env.PATH ?? '')

  if (major(process.versions.node) >= neededMajor) {
    // Under `npm run` the pinned Node is already first on the PATH. runMain makes the script the process's main
    // module, so that `import.meta.main` and `process.argv` have the same values as when it is run directly.
    process.argv.splice(1, 2, file)
    Module.runMain()
    return
  }
  if (!runtimeAnswers()) withSetupLock(() => runtimeAnswers() || mendRuntime())
  runUnderPinnedNode(file, args)
}

function runUnderPinnedNode(file, args) {
  const child = spawn(runtime, [file, ...args], { stdio: 'inherit' })
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT']
  for (const signal of signals) {
    process.on(signal, () => {
      // A terminal already sends Ctrl-C to the whole foreground group: forwarding would deliver it twice.
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    })
  }
  child.on('error', (error) => fail(`Node ${neededMajor} could not be started: ${error.message}`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    for (const each of signals) process.removeAllListeners(each)
    process.kill(process.pid, signal)
  })
}

/** The stamp contains the hash of the lockfile that was last installed completely. */
function dependenciesCurrent() {
  const wanted = lockHash()
  if (readOr(stampFile, '') === wanted) return true
  // Somebody ran npm directly: then npm's own record of what is in node_modules decides.
  if (!installedEqualsLockfile()) return false
  fs.writeFileSync(stampFile, wanted)
  return true
}

function lockHash() {
  return createHash('sha256').update(fs.readFileSync(lockfile)).digest('hex')
}

function installedEqualsLockfile() {
  try {
    const wanted = JSON.parse(fs.readFileSync(lockfile, 'utf8')).packages
    const found = JSON.parse(fs.readFileSync(path.join(modules, '.package-lock.json'), 'utf8')).packages
    return Object.entries(wanted).every(
      ([name, entry]) => name === '' || (found[name] ? found[name].version === entry.version : Boolean(entry.optional)),
    )
  } catch {
    return false
  }
}

function installDependencies() {
  say('Installing dependencies (npm ci), once; this takes about half a minute.')
  const status = npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], root)
  if (status !== 0)
    fail('npm ci failed; its own message above says why. Check the network and the npm registry settings.')
  fs.writeFileSync(stampFile, lockHash())
}

function runtimeAnswers() {
  if (!fs.existsSync(runtime)) return false
  const answer = spawnSync(runtime, ['--version'], { encoding: 'utf8', timeout: 20_000 })
  return answer.status === 0 && major(answer.stdout.trim().slice(1)) >= neededMajor
}

/**
 * The package `node` installs its platform's binary in an install script, which newer npm skips unless approved and
 * `ignore-scripts` always skips. So that binary package is installed here, under the name that the package itself would use.
 */
function mendRuntime() {
  const { version } = JSON.parse(fs.readFileSync(path.join(modules, 'node', 'package.json'), 'utf8'))
  const platform = windows ? 'win' : process.platform
  const arch = windows && process.arch === 'ia32' ? 'x86' : process.arch
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
  const name = `${prefix}-${platform}-${arch}`
  say(`Fetching Node ${version} for ${platform}-${arch} (npm package ${name}), once.`)
  const folder = path.join(root, '.cache', 'node-runtime')
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n')
  const status = npm(['install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`], folder)
  const binary = path.join(folder, 'node_modules', name, 'bin', path.basename(runtime))
  if (status !== 0 || !fs.existsSync(binary)) {
    fail(
      `Node ${version} could not be had for ${platform}-${arch}: run this with Node ${neededMajor} installed instead.`,
    )
  }
  fs.mkdirSync(path.dirname(runtime), { recursive: true })
  fs.rmSync(runtime, { force: true })
  fs.copyFileSync(binary, runtime)
  fs.chmodSync(runtime, 0o755)
  const link = path.join(modules, '.bin', 'node')
  if (!windows && !fs.existsSync(link)) {
    fs.rmSync(link, { force: true })
    fs.symlinkSync('../node/bin/node', link)
  }
  if (!runtimeAnswers())
    fail(`${runtime} does not answer as Node ${neededMajor}: run this with Node ${neededMajor} installed.`)
}

/** npm's output is printed on stderr: stdout belongs to the script that is run afterwards. */
function npm(args, cwd) {
  const cli = process.env.npm_execpath
  const viaNode = cli?.endsWith('.js') && !/[\\/]yarn|[\\/]pnpm/.test(cli)
  // npm's own Node, not this one: `npm ci` removes node_modules, with the pinned Node in it.
  const node = process.env.npm_node_execpath ?? process.execPath
  const env = { ...process.env }
  delete env.npm_config_loglevel
  const result = viaNode
    ? spawnSync(node, [cli, ...args], { cwd, env, stdio: ['ignore', 2, 2] })
    : spawnSync(windows ? 'npm.cmd' : 'npm', args, { cwd, env, stdio: ['ignore', 2, 2], shell: windows })
  return result.status
}

/** Two first runs at once (for example a demo and the tests) must not install into the same folder. */
function withSetupLock(work) {
  const lock = path.join(root, '.cache', 'setup.lock')
  fs.mkdirSync(path.dirname(lock), { recursive: true })
  const deadline = Date.now() + 10 * 60_000
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      const owner = Number(readOr(lock, ''))
      if (owner && !alive(owner)) fs.rmSync(lock, { force: true })
      else if (Date.now() > deadline)
        fail(`Another set-up has been running for ten minutes; if none is, delete ${lock}.`)
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    }
  }
  const unlock = () => fs.rmSync(lock, { force: true })
  process.once('exit', unlock)
  work()
  unlock()
  process.removeListener('exit', unlock)
}

function alive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function readOr(file, fallback) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return fallback
  }
}

function major(version) {
  return Number(version.split('.')[0])
}

function say(line) {
  process.stderr.write(`${line}\n`)
}

function fail(line) {
  say(line)
  process.exit(1)
}

main()
