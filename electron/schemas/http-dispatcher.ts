import { Agent, ProxyAgent, type Dispatcher } from 'undici'
import { registryLimits, type RegistrySpec } from './registry-spec.ts'

/**
 * What requests go out through: straight, or by a proxy, with the profile's certificates. Node's own `fetch` is not used: it
 * belongs to another version of undici and refuses a dispatcher of this one.
 */
export function createDispatcher({ registry, secrets, tls, limits }: RegistrySpec): Dispatcher {
  const { connectMs, wholeMs } = { ...registryLimits, ...limits }
  const trust = {
    ...(tls?.ca === undefined ? {} : { ca: [...tls.ca] }),
    rejectUnauthorized: tls?.rejectUnauthorized ?? true,
  }
  const ofTls = {
    ...trust,
    ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls?.key === undefined ? {} : { key: tls.key }),
    ...(tls?.checkHostName === false ? { checkServerIdentity: () => undefined } : {}),
  }
  // A request has one time limit as a whole, kept by whoever makes it.
  const common = { headersTimeout: wholeMs, bodyTimeout: wholeMs, connections: 8, allowH2: false }
  const { proxy } = registry
  if (proxy === null) return new Agent({ ...common, connect: { ...ofTls, timeout: connectMs } })
  const name = proxy.username ?? ''
  const password = secrets.proxyPassword ?? ''
  if (proxy.url.startsWith('socks5:')) {
    const url = new URL(proxy.url)
    if (proxy.username !== null) {
      url.username = encodeURIComponent(name)
      url.password = encodeURIComponent(password)
    }
    return new ProxyAgent({ ...common, uri: url.href, connectTimeout: connectMs, requestTls: ofTls })
  }
  const token = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
  return new ProxyAgent({
    ...common,
    uri: proxy.url,
    ...(proxy.username === null ? {} : { token }),
    connectTimeout: connectMs,
    // Without it requests for http:// are handed to the proxy to be made by it, credentials and all.
    proxyTunnel: true,
    requestTls: ofTls,
    // The proxy's own certificate is judged like the registry's, but the client's certificate is not shown to it.
    proxyTls: trust,
  })
}
