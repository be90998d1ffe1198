import { byTopicPartition, keyOf, type TopicPartition } from '#shared/model/topic-partition.ts'
import { append } from '../routing.ts'

/** A member's subscription. */
export interface Subscriber {
  memberId: string
  topics: readonly string[]
  /** What it had before; clients with eager assignors do not say. */
  owned: readonly TopicPartition[]
}

export type Assigned = Map<string, TopicPartition[]>
type Assign = (members: readonly Subscriber[], partitions: readonly TopicPartition[]) => Assigned

/**
 * An assignor, by the name under which clients know it, and whether its members keep their partitions while they rebalance
 * (KIP-429).
 */
interface Assignor {
  assign: Assign
  isCooperative: boolean
}

/**
 * The assignors that this client can run as a leader. Members accept whatever the leader decides, so for `sticky` and kafkajs'
 * own it only needs to be some fair assignment under that name.
 */
const assignors: ReadonlyMap<string, Assignor> = new Map([
  ['range', { assign: byRange, isCooperative: false }],
  ['cooperative-sticky', { assign: cooperatively, isCooperative: true }],
  ['roundrobin', { assign: inTurn, isCooperative: false }],
  ['sticky', { assign: keeping, isCooperative: false }],
  ['RoundRobinAssigner', { assign: inTurn, isCooperative: false }],
])

export const assignorOf = (name: string): Assignor | undefined => assignors.get(name)

/** Offered to a new group: the defaults of Java's and librdkafka's clients. */
const FIRST_CHOICE = ['range', 'cooperative-sticky', 'roundrobin']

/**
 * The assignors a member offers when it joins. To a live group only the one it uses: its members keep it, and with another in
 * the list the vote could change. null: this client could not lead a group with that assignor.
 */
export function offeredAssignors(present: string | null): string[] | null {
  if (present === null || present === '') return FIRST_CHOICE
  return assignors.has(present) ? [present] : null
}

/** For each topic a range of partitions for each of its members, the first ones longer by one if it does not divide evenly. */
function byRange(members: readonly Subscriber[], partitions: readonly TopicPartition[]): Assigned {
  const out = nothingYet(members)
  const byTopic = new Map<string, TopicPartition[]>()
  for (const at of partitions) append(byTopic, at.topic, at)
  for (const [topic, all] of byTopic) {
    const takers = sorted(members).filter((member) => member.topics.includes(topic))
    const inOrder = all.toSorted((a, b) => a.partition - b.partition)
    const each = Math.floor(inOrder.length / takers.length)
    const longer = inOrder.length % takers.length
    let from = 0
    for (const [i, { memberId }] of takers.entries()) {
      const count = each + (i < longer ? 1 : 0)
      out.get(memberId)!.push(...inOrder.slice(from, from + count)) // every member was given an entry at the start
      from += count
    }
  }
  return out
}

/** All partitions of all topics, dealt out one by one. */
function inTurn(members: readonly Subscriber[], partitions: readonly TopicPartition[]): Assigned {
  const out = nothingYet(members)
  const takers = sorted(members)
  let next = 0
  for (const at of inOrderOf(partitions)) {
    for (let tries = 0; tries < takers.length; tries += 1) {
      const taker = takers[next % takers.length]! // the inner loop runs only while there are takers
      next += 1
      if (!taker.topics.includes(at.topic)) continue
      out.get(taker.memberId)!.push(at) // every member was given an entry at the start
      break
    }
  }
  return out
}

/** Members keep what they have as far as that is fair; the rest goes to the member with the least. */
function keeping(members: readonly Subscriber[], partitions: readonly TopicPartition[]): Assigned {
  const out = nothingYet(members)
  const takers = sorted(members)
  const free = new Map(inOrderOf(partitions).map((at) => [keyOf(at), at]))
  for (const { memberId, owned, topics } of takers) {
    for (const at of owned) {
      const key = keyOf(at)
      if (!free.has(key) || !topics.includes(at.topic)) continue
      free.delete(key)
      out.get(memberId)!.push(at) // every member was given an entry at the start
    }
  }
  const load = (member: Subscriber): number => out.get(member.memberId)!.length // every member was given an entry at the start
  const least = (topic: string): Subscriber | undefined =>
    takers.reduce<Subscriber | undefined>((best, one) => {
      if (!one.topics.includes(topic)) return best
      return best === undefined || load(one) < load(best) ? one : best
    }, undefined)
  for (const at of free.values()) {
    const taker = least(at.topic)
    if (taker !== undefined) out.get(taker.memberId)!.push(at) // every member was given an entry at the start
  }
  // From a member that has at least two more than another one of the same topic; each move reduces the sum of squares, so it
  // ends.
  for (let moved = true; moved;) {
    moved = false
    const leastOf = new Map<string, Subscriber>()
    for (const giver of takers.toSorted((a, b) => load(b) - load(a))) {
      const own = out.get(giver.memberId)! // every member was given an entry at the start
      const at = own.findLastIndex(({ topic }) => {
        const taker = leastOf.get(topic) ?? least(topic) ?? giver
        leastOf.set(topic, taker)
        return load(taker) + 1 < load(giver)
      })
      if (at === -1) continue
      const [given] = own.splice(at, 1)
      out.get(leastOf.get(given!.topic)!.memberId)!.push(given!) // splice took it from its place in `own`, and findIndex checked that its topic has a taker
      moved = true
      break
    }
  }
  return out
}

/**
 * As `keeping`, but a partition that moves between members is assigned to nobody in this round: its owner gives it up first,
 * and all join again (KIP-429).
 */
function cooperatively(members: readonly Subscriber[], partitions: readonly TopicPartition[]): Assigned {
  const owners = new Map<string, string>()
  for (const { memberId, owned } of members) for (const at of owned) owners.set(keyOf(at), memberId)
  const out = keeping(members, partitions)
  for (const [memberId, given] of out) {
    const theirs = given.filter((at) => (owners.get(keyOf(at)) ?? memberId) === memberId)
    out.set(memberId, theirs)
  }
  return out
}

const nothingYet = (members: readonly Subscriber[]): Assigned => new Map(members.map(({ memberId }) => [memberId, []]))

const sorted = (members: readonly Subscriber[]): Subscriber[] =>
  members.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1))

const inOrderOf = (partitions: readonly TopicPartition[]): TopicPartition[] => partitions.toSorted(byTopicPartition)
