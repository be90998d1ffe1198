import { SeeklineError } from '#shared/errors.ts'
import type { ExpectedBroker } from '../protocol/api-versions.ts'
import type { MalformedResponse } from '../protocol/reader.ts'
import type { SocketEnd } from './socket.ts'
import { formatAddress, type Address } from '#shared/model/addresses.ts'
import { type ConnectionSpec, scrub } from './connection-spec.ts'
import { type ConnectPhase, type Finding, tlsFinding } from './tls-errors.ts'

export type { ConnectPhase } from './tls-errors.ts'

/**
 * Turns a failure to connect into one that says which broker, which step, and what to do.
 * `end` is what the socket said; `thrown` what kafkajs threw. No secret of the spec appears in the result.
 */
export function connectFailure(
  spec: ConnectionSpec,
  address: Address,
  phase: ConnectPhase,
  end: SocketEnd | null,
  thrown: unknown,
): SeeklineError {
  const known = findSeeklineError(thrown)
  if (known !== null) return known
  const where = formatAddress(address)
  const cause = end?.error ?? unwrapKafkajs(thrown)
  const text = scrub(spec, messageOf(cause))
  const errno = codeOf(cause)
  const finding =
    tlsFinding({ spec, address, phase, end, text, errno }) ??
    (phase === 'sasl' ? saslFinding(spec, where, end, scrub(spec, messageOf(unwrapKafkajs(thrown)))) : null) ??
    socketFinding(where, phase, end, text, errno)
  return new SeeklineError(finding.code, finding.message, {
    hint: finding.hint,
    retryable: finding.retryable,
    details: { broker: where, step: finding.code.slice('connect.'.length), errno: errno ?? null },
  })
}

/** Names the broker that sent an unreadable answer; in the first answer it means that this is not Kafka. */
export function notUnderstood(address: Address, phase: 'greeting' | 'open', error: MalformedResponse): SeeklineError {
  const where = formatAddress(address)
  const code = phase === 'greeting' ? 'connect.versions' : error.code
  return new SeeklineError(code, `${where} sent an answer that cannot be read. ${error.message}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    details: { ...error.details, broker: where },
    cause: error,
  })
}

/**
 * On a first connection, a broker that closes at once most likely expects TLS, or none. If the same settings reached it before,
 * it is down, or a tunnel or proxy on the way has lost its other end.
 */
export function downSince(address: Address, error: unknown): unknown {
  if (!(error instanceof SeeklineError) || error.code !== 'connect.tls') return error
  const errno = error.details?.['errno']
  if (errno !== null && errno !== 'ECONNRESET' && errno !== 'EPIPE') return error
  const where = formatAddress(address)
  return new SeeklineError('connect.tcp', `${where} cannot be reached: it closes each connection at once.`, {
    hint: 'It answered before, with the same settings: it may be starting again, or a tunnel or proxy has lost it. Seekline tries again by itself.',
    retryable: true,
    details: { ...error.details, step: 'tcp' },
    cause: error,
  })
}

/** An open connection was lost. `sent`: the request may have reached the broker, so whether it was carried out is unknown. */
export function connectionLost(
  spec: ConnectionSpec,
  address: Address,
  end: SocketEnd | null,
  sent: boolean,
): SeeklineError {
  const where = formatAddress(address)
  const why = end?.error === undefined ? 'the connection was closed' : scrub(spec, messageOf(end.error))
  return new SeeklineError('connect.lost', `The connection to ${where} was lost: ${why}.`, {
    hint: 'Seekline connects again by itself. If it does not, check the network or the VPN.',
    retryable: true,
    details: { broker: where, sent },
  })
}

/** The broker answered; the address it advertises for clients did not. */
export function advertisedFailure(
  failures: readonly { nodeId: number; address: Address; error: SeeklineError }[],
  via: string,
): SeeklineError {
  const all = failures.map((f) => `${formatAddress(f.address)} (broker ${f.nodeId}: ${f.error.message})`).join('; ')
  // The protocol allows addresses of thirty thousand letters; the details have them in full.
  const list = all.length > 1_000 ? `${all.slice(0, 1_000)}…` : all
  return new SeeklineError(
    'connect.advertised',
    `${via} answered, but the ${failures.length === 1 ? 'address' : 'addresses'} the cluster advertises did not: ${list}`,
    {
      hint: "Brokers tell clients which address to use (advertised.listeners); this computer cannot reach it. Map each address to one that can be reached in the profile's address map, or have the brokers' setting changed.",
      retryable: true,
      details: {
        addresses: failures.map((f) => ({
          nodeId: f.nodeId,
          address: formatAddress(f.address),
          code: f.error.code,
          message: f.error.message,
        })),
      },
    },
  )
}

/** The server at an address is not the broker that the cluster named (KIP-1242): nothing but ApiVersions was sent to it. */
export function notTheBroker(address: Address, { clusterId, nodeId }: ExpectedBroker): SeeklineError {
  const where = formatAddress(address)
  return new SeeklineError('connect.advertised', `${where} is not broker ${nodeId} of this cluster.`, {
    hint: 'A tunnel, a port forward or the profile’s address map leads to another broker, or to another cluster. Nothing was read from it or written to it.',
    retryable: true,
    details: { broker: where, nodeId, clusterId },
  })
}

/** kafkajs wraps errors in others that only say that it gave up; this returns the innermost. */
export function unwrapKafkajs(error: unknown): unknown {
  let current = error
  for (let depth = 0; depth < 8; depth++) {
    if (!(current instanceof Error) || current instanceof SeeklineError) return current
    const inner: unknown = (current as { cause?: unknown }).cause
    const wraps = current.name === 'KafkaJSNumberOfRetriesExceeded' || current.name === 'KafkaJSNonRetriableError'
    if (!wraps || !(inner instanceof Error)) return current
    current = inner
  }
  return current
}

/** Our own error, wherever in the chain of causes it is, e.g. the gate's refusal inside a kafkajs error. */
export function findSeeklineError(error: unknown): SeeklineError | null {
  let current = error
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    if (current instanceof SeeklineError) return current
    current = (current as { cause?: unknown }).cause
  }
  return null
}

function saslFinding(spec: ConnectionSpec, where: string, end: SocketEnd | null, text: string): Finding {
  const { mechanism, credentials } = spec.sasl ?? { mechanism: '', credentials: 'sign-in' }
  const sasl = (message: string, hint: string, retryable = false): Finding => ({
    code: 'connect.sasl',
    message,
    hint,
    retryable,
  })
  if (/mechanism is not supported|not support the requested SASL mechanism/i.test(text)) {
    return sasl(
      `${where} does not offer the mechanism ${mechanism}.`,
      'Choose a mechanism that this listener offers (sasl.enabled.mechanisms).',
    )
  }
  if (/SASL state|ILLEGAL_SASL_STATE|state of the SASL|Request is not valid given the current SASL/i.test(text)) {
    return sasl(
      `${where} does not ask for a user name and password.`,
      'Switch SASL off in the profile, or use another port.',
    )
  }
  // kafkajs' authenticators put this prefix on every failure, even when the socket was simply closed.
  const wentAway =
    /Closed connection|Connection error|Connection timeout|Connection closed|Not connected|timed out/i.test(text)
  if (wentAway) {
    return sasl(
      `${where} went away while the ${credentials} was checked${end?.error === undefined ? '' : `: ${end.error.message}`}.`,
      'Seekline tries again. If it stays so, the listener may not be set up for SASL.',
      true,
    )
  }
  return sasl(
    `${where} refused the ${credentials} (${mechanism}): ${text.replace(/^.*?failed: /, '')}`,
    `Check ${credentials} and mechanism. Seekline does not try again by itself, so that the account is not locked.`,
  )
}

function socketFinding(
  where: string,
  phase: ConnectPhase,
  end: SocketEnd | null,
  text: string,
  errno: string | undefined,
): Finding {
  if (errno === 'NOT_KAFKA') {
    return {
      code: 'connect.versions',
      message: `${where} is not Kafka: ${text}.`,
      hint: 'Check host and port.',
      retryable: false,
    }
  }
  if (errno === 'ENOTFOUND' || errno === 'EAI_AGAIN' || errno === 'EAI_NODATA' || errno === 'EAI_NONAME') {
    return {
      code: 'connect.name',
      message: `The name of ${where} is not known (${errno}).`,
      hint: 'Check the spelling. A name inside a company network may need its VPN.',
      retryable: true,
    }
  }
  if (phase === 'versions') {
    return {
      code: 'connect.versions',
      message: `${where} took the connection but did not answer as Kafka does: ${text}.`,
      hint: 'Check host and port; the port may belong to another service or to a listener with TLS.',
      retryable: true,
    }
  }
  const reason =
    errno === 'ECONNREFUSED'
      ? 'nothing listens on that port'
      : errno === 'ETIMEDOUT' && end?.step === 'name'
        ? 'the name was not resolved in time'
        : text
  return {
    code: end?.step === 'name' && errno === 'ETIMEDOUT' ? 'connect.name' : 'connect.tcp',
    message: `${where} cannot be reached: ${reason}.`,
    hint:
      errno === 'ECONNREFUSED'
        ? 'Check the port, and that the broker runs.'
        : 'Check host and port, and that the network or VPN leads there.',
    retryable: true,
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Node joins the attempts on several addresses of one name into an error without a text.
  if (error.message === '' && error instanceof AggregateError) {
    const inner: unknown = error.errors[0]
    return messageOf(inner)
  }
  return error.message === '' ? (codeOf(error) ?? error.name) : error.message
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' ? code : undefined
}
