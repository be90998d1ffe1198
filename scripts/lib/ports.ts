import net from 'node:net'

/**
 * Free ports below the range from which systems take ports for outgoing connections: a broker that is killed and
 * started again must find its port still free.
 */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const found = new Set<number>()
  for (let attempt = 0; found.size < count; attempt++) {
    if (attempt > 500) throw new Error('No free ports were found between 20000 and 32000.')
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (!found.has(port) && (await isFree(port, host))) found.add(port)
  }
  return [...found]
}

export async function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.on('error', () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
