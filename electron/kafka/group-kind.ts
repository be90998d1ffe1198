/** `unknown`: the broker is too old to say (before Kafka 3.8). */
export type GroupKind = 'classic' | 'consumer' | 'share' | 'streams' | 'unknown'
