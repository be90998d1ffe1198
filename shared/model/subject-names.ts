import { z } from 'zod'

/** Which subject a topic's key or value has, by the rules that Confluent's serialisers know. */
export const NamingStrategy = z.enum(['TopicName', 'TopicRecordName', 'RecordName'])
export type NamingStrategy = z.infer<typeof NamingStrategy>

export interface SubjectOfTopic {
  subject: string
  part: 'key' | 'value' | null
  strategy: NamingStrategy
  record: string | null
}

export type TopicByName = Pick<SubjectOfTopic, 'part' | 'strategy'> & { topic: string }

/** A context in front of a subject, as Confluent writes it: `:.staging:orders-value`. */
const inContext = /^:[^:]*:/

/**
 * The subjects of a topic, by their names: `orders-key` and `orders-value` (TopicName), `orders-com.acme.Order`
 * (TopicRecordName). A topic may be called as another one's subject begins, so the record's name must look like one.
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
 * The topics whose subject this is, by its name. RecordName says nothing of a topic. Asked of each beginning of the name, not
 * of each topic: a list of 10,000 subjects beside 5,000 topics asks it for every row.
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
