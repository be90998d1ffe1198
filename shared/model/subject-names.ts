import { z } from 'zod'

/** Which subject a topic's key or value has, by the naming rules of Confluent's serialisers. */
export const NamingStrategy = z.enum(['TopicName', 'TopicRecordName', 'RecordName'])
export type NamingStrategy = z.infer<typeof NamingStrategy>

export interface SubjectOfTopic {
  subject: string
  part: 'key' | 'value' | null
  strategy: NamingStrategy
  record: string | null
}

export type TopicByName = Pick<SubjectOfTopic, 'part' | 'strategy'> & { topic: string }

/** A context before a subject, as Confluent writes it: `:.staging:orders-value`. */
const inContext = /^:[^:]*:/

/**
 * The subjects of a topic, found by their names: `orders-key` and `orders-value` (TopicName), `orders-com.acme.Order`
 * (TopicRecordName). A topic may be named like the beginning of another topic's subject, so the record's part must look like a
 * record's name.
 */
export function subjectsOfTopic(topic: string, subjects: readonly string[]): SubjectOfTopic[] {
  return subjects.flatMap((subject): SubjectOfTopic[] => {
    const bare = subject.replace(inContext, '')
    if (!bare.startsWith(`${topic}-`)) return []
    const rest = bare.slice(topic.length + 1)
    if (rest === 'key' || rest === 'value') return [{ subject, part: rest, strategy: 'TopicName', record: null }]
    return isRecordName(rest) ? [{ subject, part: null, strategy: 'TopicRecordName', record: rest }] : []
  })
}

/**
 * The topics this subject may belong to, by its name. RecordName says nothing about a topic. Looks up each prefix of the
 * subject's name instead of testing each topic: a list of 10,000 subjects with 5,000 topics calls it for every row.
 */
export function topicsOfSubject(subject: string, isTopic: (name: string) => boolean): TopicByName[] {
  const bare = subject.replace(inContext, '')
  const found: TopicByName[] = []
  for (let at = bare.indexOf('-'); at !== -1; at = bare.indexOf('-', at + 1)) {
    const topic = bare.slice(0, at)
    if (!isTopic(topic)) continue
    for (const { part, strategy } of subjectsOfTopic(topic, [subject])) found.push({ topic, part, strategy })
  }
  return found
}

/** A full name with a namespace, or one word of letters: `com.acme.Order`, `Order`. */
const isRecordName = (text: string): boolean => /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(text)
