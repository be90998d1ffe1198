// Kills the listed processes when its owner is gone. Reads lines "+<pid>" and "-<pid>"; the end of
// the input is the end of the owner, however it ended (also by a crash or SIGKILL, when no exit handler runs).
import process from 'node:process'

const pids = new Set()
let rest = ''

process.stdin.setEncoding('utf8')
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) {
    const pid = Number(line.slice(1))
    if (line[0] === '+') pids.add(pid)
    else pids.delete(pid)
  }
})
process.stdin.on('end', () => {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
})
