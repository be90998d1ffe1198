"""
A group that consumes and commits in several ways, by Confluent's client; what it did, as it saw it.

  commits.py BOOTSTRAP TOPIC GROUP PARTITIONS   prints a line of JSON for each step:
    {"how": …, "at": ms, "positions": {partition: offset}, "read": [[partition, offset], …]}
  `positions` is all that the group has committed by then, `read` what was consumed since the step before.
"""

import json
import sys
import time

from confluent_kafka import Consumer, Producer, TopicPartition

bootstrap, topic, group, count = sys.argv[1:]
partitions = range(int(count))
positions, read = {}, []


def new_consumer(**settings):
    return Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 10_000,
            # A few records at a time, so that each step has some of every partition.
            "max.partition.fetch.bytes": 512,
            "queued.max.messages.kbytes": 1,
            **settings,
        }
    )


def now():
    return int(time.time() * 1000)


def tell(how):
    global read
    at = now()
    # The next commit must not be in the same millisecond, otherwise the two cannot be told apart by time.
    while now() <= at + 1:
        pass
    print(json.dumps({"how": how, "at": at, "positions": positions, "read": read}), flush=True)
    read = []


def take(consumer, records):
    taken = 0
    while taken < records:
        message = consumer.poll(60)
        if message is None:
            raise SystemExit(f"{group} got nothing for a minute")
        if message.error() is not None:
            raise SystemExit(str(message.error()))
        read.append([message.partition(), message.offset()])
        taken += 1


def keep(committed):
    for one in committed:
        if one.offset >= 0:
            positions[one.partition] = one.offset


def reached(consumer):
    """Of a partition that nothing was read of: where it stands."""
    told = consumer.position([TopicPartition(topic, p) for p in partitions])
    return {one.partition: one.offset if one.offset >= 0 else positions.get(one.partition, 0) for one in told}


def commit_by_hand(consumer, at, metadata=""):
    consumer.commit(offsets=[TopicPartition(topic, p, o, metadata) for p, o in at.items()], asynchronous=False)
    positions.update(at)


def automatically():
    said = []
    consumer = new_consumer(**{"enable.auto.commit": True, "auto.commit.interval.ms": 100, "on_commit": lambda error, of: said.append(of)})
    consumer.subscribe([topic])
    for _ in range(4):
        take(consumer, 20)
        time.sleep(0.15)
        consumer.poll(0)
    consumer.close()
    # The last commit is made by closing.
    checker = new_consumer()
    keep(checker.committed([TopicPartition(topic, p) for p in partitions], 30))
    checker.close()
    if len(said) == 0:
        raise SystemExit("no automatic commit was seen")
    tell("auto")


def by_hand():
    consumer = new_consumer()
    consumer.assign([TopicPartition(topic, p, positions.get(p, 0)) for p in partitions])
    for step in range(12):
        take(consumer, 10)
        at = reached(consumer)
        commit_by_hand(consumer, at, f"step {step}")
        tell("sync")
    # Back twice, and forward again.
    for back in (15, 7):
        at = {p: max(0, positions[p] - back) for p in positions}
        commit_by_hand(consumer, at, "back")
        for p, offset in at.items():
            consumer.seek(TopicPartition(topic, p, offset))
        tell("rewind")
        take(consumer, 25)
        at = reached(consumer)
        commit_by_hand(consumer, at, "again")
        tell("sync")
    consumer.close()


def in_transactions():
    producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": f"{group}-transactions"})
    producer.init_transactions(60)
    consumer = new_consumer()
    consumer.assign([TopicPartition(topic, p, positions.get(p, 0)) for p in partitions])
    for commits in (True, False, True, True, False):
        take(consumer, 9)
        producer.begin_transaction()
        at = [TopicPartition(topic, p, offset) for p, offset in reached(consumer).items()]
        producer.send_offsets_to_transaction(at, consumer.consumer_group_metadata(), 60)
        if commits:
            producer.commit_transaction(60)
            keep(at)
        else:
            producer.abort_transaction(60)
        # It returns once the transaction's marker is written.
        told = consumer.committed([TopicPartition(topic, p) for p in partitions], 60)
        if {one.partition: one.offset for one in told if one.offset >= 0} != positions:
            raise SystemExit(f"the broker says {told}, and {positions} was committed")
        tell("transaction" if commits else "aborted")
    consumer.close()


automatically()
by_hand()
in_transactions()
