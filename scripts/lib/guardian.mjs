// Kills the processes it was told of when the process that told it is gone. Reads lines "+<pid>" and "-<pid>"; the
// end of the input is the end of its owner, however that came (a crash and SIGKILL too, where no exit handler runs).
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
