"""
Confluent's own serialisers for Python, as the yardstick of what a record with a schema means.

  serialise.py write BOOTSTRAP REGISTRY KIND TOPIC COUNT SEED   writes random records, reads them back, prints one line each
  serialise.py read BOOTSTRAP REGISTRY KIND TOPIC COUNT         reads what is there

KIND is avro, protobuf, protobuf-text (registered as text, not as descriptors) or json. Each line is {"partition", "offset", "value"}, the value with tags (values.py).
"""

import json
import random
import sys
import tempfile
from pathlib import Path

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

import schemas
from randoms import Randoms
from values import from_message, tagged


def referenced(registry, kind, name, text):
    """Registers what the other schema refers to."""
    subject = f"referenced-{kind.lower()}"
    registry.register_schema(subject, Schema(text, kind))
    return SchemaReference(name, subject, registry.get_latest_version(subject).version)


def avro(registry, topic):
    reference = referenced(registry, "AVRO", "com.acme.Address", schemas.ADDRESS_AVSC)
    schema = Schema(schemas.ORDER_AVSC, "AVRO", [reference])
    return AvroSerializer(registry, schema), AvroDeserializer(registry), lambda randoms: randoms.avro(), tagged


def json_schema(registry, topic):
    reference = referenced(registry, "JSON", "address.json", schemas.ADDRESS_JSON)
    schema = Schema(schemas.ORDER_JSON, "JSON", [reference])
    reading = JSONDeserializer(schema, schema_registry_client=registry)
    return JSONSerializer(schema, registry), reading, lambda randoms: randoms.json(), tagged


def protobuf(registry, topic, as_text=False):
    from google.protobuf import descriptor_pool, message_factory
    from grpc_tools import protoc
    import grpc_tools

    folder = Path(tempfile.mkdtemp())
    (folder / "common.proto").write_text(schemas.COMMON_PROTO)
    (folder / "order.proto").write_text(schemas.ORDER_PROTO)
    own = str(Path(grpc_tools.__file__).parent / "_proto")
    code = protoc.main(["", f"-I{folder}", f"-I{own}", f"--python_out={folder}", "common.proto", "order.proto"])
    if code != 0:
        raise SystemExit(f"protoc ended with {code}")
    sys.path.insert(0, str(folder))
    import common_pb2  # noqa: F401
    import order_pb2

    def random_message(randoms):
        message = order_pb2.Order()
        randoms.fill(message)
        return message

    settings = {"use.deprecated.format": False}
    reading = ProtobufDeserializer(order_pb2.Order, settings)
    if not as_text:
        # It registers the schema and its imports as descriptors in base64.
        return ProtobufSerializer(order_pb2.Order, registry, settings), reading, random_message, from_message
    # As a person registers it. The serialiser cannot use such a schema from a registry that has only this form of it, so
    # the five bytes before the data, and the indexes of the message, are written here.
    common = referenced(registry, "PROTOBUF", "common.proto", schemas.COMMON_PROTO)
    schema_id = registry.register_schema(f"{topic}-value", Schema(schemas.ORDER_PROTO, "PROTOBUF", [common]))

    def writing(message, context):
        return b"\0" + schema_id.to_bytes(4, "big") + b"\x02\x02" + message.SerializeToString()

    return writing, reading, random_message, from_message


KINDS = {
    "avro": avro,
    "protobuf": protobuf,
    "protobuf-text": lambda registry, topic: protobuf(registry, topic, as_text=True),
    "json": json_schema,
}


def read(bootstrap, reading, tag, topic, count):
    context = SerializationContext(topic, MessageField.VALUE)
    settings = {"bootstrap.servers": bootstrap, "group.id": "yardstick", "enable.auto.commit": False}
    consumer = Consumer({**settings, "fetch.wait.max.ms": 50})
    partitions = consumer.list_topics(topic, timeout=60).topics[topic].partitions
    consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
    for _ in range(count):
        message = consumer.poll(60)
        if message is None or message.error():
            raise SystemExit(f"no record: {message and message.error()}")
        value = tag(reading(message.value(), context))
        print(json.dumps({"partition": message.partition(), "offset": message.offset(), "value": value}))
    consumer.close()


def main(command, bootstrap, address, kind, topic, count, seed="0"):
    # Without a limit it waits forever if an answer is lost (Apicurio 3); with one it repeats the request.
    registry = SchemaRegistryClient({"url": address, "timeout": 20})
    writing, reading, make, tag = KINDS[kind](registry, topic)
    if command == "write":
        randoms = Randoms(random.Random(int(seed)))
        producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 50})
        context = SerializationContext(topic, MessageField.VALUE)
        for i in range(int(count)):
            producer.produce(topic, key=str(i).encode(), value=writing(make(randoms), context))
            producer.poll(0)
        if producer.flush(120) > 0:
            raise SystemExit("not all records were taken")
    read(bootstrap, reading, tag, topic, int(count))


main(*sys.argv[1:])
