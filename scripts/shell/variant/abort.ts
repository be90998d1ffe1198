// AbortController, AbortSignal and just enough EventTarget for Node 12, which has none of them.

type Listener = ((event: { type: string; target: unknown }) => void) | { handleEvent(event: unknown): void }

class OldEventTarget {
  #listeners: { type: string; listener: Listener; once: boolean }[] = []

  addEventListener(type: string, listener: Listener, options?: { once?: boolean }): void {
    if (this.#listeners.some((one) => one.type === type && one.listener === listener)) return
    this.#listeners.push({ type, listener, once: options?.once === true })
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners = this.#listeners.filter((one) => one.type !== type || one.listener !== listener)
  }

  dispatchEvent(event: { type: string }): boolean {
    for (const one of this.#listeners.filter(({ type }) => type === event.type)) {
      if (one.once) this.removeEventListener(one.type, one.listener)
      if (typeof one.listener === 'function') one.listener.call(this, { type: event.type, target: this })
      else one.listener.handleEvent(event)
    }
    return true
  }
}

class OldAbortSignal extends OldEventTarget {
  aborted = false
  reason: unknown = undefined
  onabort: ((event: unknown) => void) | null = null

  static abort(reason?: unknown): OldAbortSignal {
    const signal = new OldAbortSignal()
    fire(signal, reason)
    return signal
  }

  static timeout(milliseconds: number): OldAbortSignal {
    const signal = new OldAbortSignal()
    setTimeout(() => fire(signal, named('TimeoutError')), milliseconds).unref()
    return signal
  }

  static any(signals: Iterable<OldAbortSignal>): OldAbortSignal {
    const all = [...signals]
    const first = all.find((one) => one.aborted)
    if (first !== undefined) return OldAbortSignal.abort(first.reason)
    const signal = new OldAbortSignal()
    const follow = (event: { target: unknown }): void => {
      for (const one of all) one.removeEventListener('abort', follow)
      fire(signal, (event.target as OldAbortSignal).reason)
    }
    for (const one of all) one.addEventListener('abort', follow)
    return signal
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason
  }
}

class OldAbortController {
  readonly signal = new OldAbortSignal()

  abort(reason?: unknown): void {
    fire(this.signal, reason)
  }
}

function fire(signal: OldAbortSignal, reason: unknown): void {
  if (signal.aborted) return
  signal.aborted = true
  signal.reason = reason ?? named('AbortError')
  signal.onabort?.({ type: 'abort', target: signal })
  signal.dispatchEvent({ type: 'abort' })
}

function named(name: string): Error {
  return Object.assign(new Error('This operation was aborted'), { name })
}

export const abortGlobals = {
  EventTarget: OldEventTarget,
  AbortController: OldAbortController,
  AbortSignal: OldAbortSignal,
}
