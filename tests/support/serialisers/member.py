"""
A member of a group by Confluent's client, until it is ended; it takes what it is given, and commits nothing.

  member.py BOOTSTRAP TOPIC GROUP ASSIGNOR   prints a line of JSON whenever its partitions change: [partition, …]
"""

import json
import sys

from confluent_kafka import Consumer

bootstrap, topic, group, assignor = sys.argv[1:]
consumer = Consumer(
    {
        "bootstrap.servers": bootstrap,
        "group.id": group,
        "partition.assignment.strategy": assignor,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "session.timeout.ms": 10_000,
    }
)


def tell():
    print(json.dumps(sorted(at.partition for at in consumer.assignment())), flush=True)


consumer.subscribe([topic])
before = None
try:
    while True:
        consumer.poll(0.2)
        now = sorted(at.partition for at in consumer.assignment())
        if now != before:
            before = now
            tell()
except KeyboardInterrupt:
    pass
finally:
    consumer.close()
