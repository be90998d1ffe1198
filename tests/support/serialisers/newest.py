"""
What is left of each key of a topic, and how many records have which status, by a consumer that reads all of it and keeps a dictionary.

  newest.py BOOTSTRAP TOPIC   prints {"newest": ["partition/offset", …], "statuses": {"status": count}, "records": count}
"""

import json
import sys

from confluent_kafka import Consumer, KafkaError, TopicPartition

bootstrap, topic = sys.argv[1:]
consumer = Consumer(
    {
        "bootstrap.servers": bootstrap,
        "group.id": "unused",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "isolation.level": "read_committed",
        "auto.offset.reset": "earliest",
    }
)
partitions = list(consumer.list_topics(topic, 30).topics[topic].partitions)
consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
newest, statuses, records, ended = {}, {}, 0, set()
while len(ended) < len(partitions):
    for message in consumer.consume(10_000, 5):
        if message.error() is not None:
            if message.error().code() != KafkaError._PARTITION_EOF:
                raise SystemExit(str(message.error()))
            ended.add(message.partition())
            continue
        place = (message.partition(), message.offset())
        # A record without a key does not replace another one.
        newest[(message.partition(), message.key()) if message.key() is not None else place] = place
        records += 1
        status = "absent"
        if message.value() is not None:
            try:
                value = json.loads(message.value())
                status = str(value["status"]) if isinstance(value, dict) and "status" in value else "absent"
            except ValueError:
                pass
        statuses[status] = statuses.get(status, 0) + 1
consumer.close()
print(json.dumps({"newest": [f"{p}/{o}" for p, o in newest.values()], "statuses": statuses, "records": records}))
