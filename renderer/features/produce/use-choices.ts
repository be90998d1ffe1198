import { useEffect, useState } from 'react'
import { ruleFor, type DecodeRule } from '#shared/model/decode-choice.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useConnection, useServices } from '../../workbench/services.ts'

/** Whether a decoder is chosen for a topic's keys and values: then they can be encoded in the same way. */
export function useChoices(connectionId: ConnectionId | undefined, topic: string): { key: boolean; value: boolean } {
  const { api, decodingNews } = useServices()
  const [rules, setRules] = useState<readonly DecodeRule[]>([])
  const isUp = useConnection(connectionId)?.status === 'connected'
  useEffect(() => {
    if (connectionId === undefined || !isUp) return undefined
    const mine = new AbortController()
    const read = () =>
      api
        .call('decoding.get', { connectionId }, { signal: mine.signal })
        .then((answer) => !mine.signal.aborted && setRules(answer.rules))
        // If the choices cannot be read, that way of encoding is not offered; the check reports errors of the connection.
        .catch(() => undefined)
    void read()
    const leave = decodingNews.subscribe(connectionId, ({ isChosenAnew }) => isChosenAnew && void read())
    return () => {
      leave()
      mine.abort()
    }
  }, [api, decodingNews, connectionId, isUp])
  const isChosen = (part: 'key' | 'value') => {
    const first = ruleFor(rules, topic.trim(), part)?.chain[0]
    return first !== undefined && first.as !== 'automatic'
  }
  return { key: isChosen('key'), value: isChosen('value') }
}
