import type { decoding } from '#shared/contract/decoding.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import { ruleKey, type DecodeRules } from '#shared/model/decode-choice.ts'
import { decodeFile, mergedRules, readDecodeFile } from '#shared/model/decode-file.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Profile } from '#shared/model/profile.ts'
import type { DecodeRulesStore } from '../storage/decode-rules.ts'
import type { DecodingNews } from './decoding-news.ts'

export interface DecodingDependencies {
  /** Throws `connect.closed`. */
  profileOf(connectionId: ConnectionId): Profile
  /** Makes the open connection decode with these rules from now on. */
  apply(connectionId: ConnectionId, rules: DecodeRules): void
  store: DecodeRulesStore
  news: DecodingNews
}

/** The decoding rules that users set for the topics of a profile. */
export function createDecodingService({
  profileOf,
  apply,
  store,
  news,
}: DecodingDependencies): ServiceOf<typeof decoding> {
  const change = async (
    connectionId: ConnectionId,
    change: (rules: DecodeRules) => DecodeRules,
  ): Promise<{ rules: DecodeRules }> => {
    return hold(connectionId, await store.update(profileOf(connectionId).id, change))
  }
  const hold = (connectionId: ConnectionId, rules: DecodeRules): { rules: DecodeRules } => {
    apply(connectionId, rules)
    news.tell(connectionId, { isChosenAnew: true, schemas: 0 })
    return { rules }
  }
  return {
    'decoding.get': async ({ connectionId }) => ({ rules: await store.get(profileOf(connectionId).id) }),

    'decoding.set': ({ connectionId, topic, part, header, chain }) =>
      change(connectionId, (rules) => {
        const of = { topic, part, ...(header === undefined ? {} : { header }) }
        const others = rules.filter((rule) => ruleKey(rule) !== ruleKey(of))
        return chain === null ? others : mergedRules(others, [{ ...of, chain }])
      }),

    'decoding.export': async ({ connectionId }) => {
      const { id, name } = profileOf(connectionId)
      return decodeFile(name, await store.get(id))
    },

    'decoding.import': async ({ connectionId, text, keep }) => {
      const given = readDecodeFile(text)
      let replaced = 0
      const taken = (before: DecodeRules): DecodeRules => {
        const known = new Set(before.map(ruleKey))
        replaced = given.filter((rule) => known.has(ruleKey(rule))).length
        return mergedRules(before, given)
      }
      const { rules } = keep
        ? await change(connectionId, taken)
        : hold(connectionId, taken(await store.get(profileOf(connectionId).id)))
      return { rules, added: given.length - replaced, replaced }
    },

    'decoding.watch': async ({ connectionId }, sink, { signal }) => {
      profileOf(connectionId)
      await news.follow(connectionId, (batch) => sink.batch(batch), signal)
      return {}
    },
  }
}
