import type { NamingStrategy } from '#shared/contract/schemas.ts'

export interface SubjectOfTopic {
  subject: string
  part: 'key' | 'value' | null
  strategy: NamingStrategy
  record: string | null
}

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

/** The topics whose subject this is, by its name. RecordName says nothing of a topic. */
export function topicsOfSubject(subject: string, topics: readonly string[]) {
  return topics.flatMap((topic) => subjectsOfTopic(topic, [subject]).map(({ part, strategy }) => ({ topic, part, strategy }))) // prettier-ignore
}

/** A full name with a namespace, or one word of letters: `com.acme.Order`, `Order`. */
const isRecordName = (text: string): boolean => /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(text)
