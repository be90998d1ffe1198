// `shared` knows neither Node nor the DOM; both bring the real type. It only hands the signal through.
interface AbortSignal {
  readonly aborted: boolean
}
