import { Agent, ProxyAgent, type Dispatcher } from 'undici'
import { registryLimits, type RegistrySpec } from './registry-spec.ts'

/**
 * How requests are sent: directly, or through a proxy, with the profile's certificates. Node's own `fetch` is not used: it
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
  // The caller limits the time of a request as a whole.
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
    // Without it the proxy would make requests for http:// itself, with the credentials.
    proxyTunnel: true,
    requestTls: ofTls,
    // The proxy's certificate is checked like the registry's, but the client's certificate is not sent to it.
    proxyTls: trust,
  })
}
