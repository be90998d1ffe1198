"""
Which records filters select, by predicates that were written by hand over what Confluent's deserialisers and Python's json read.

  filters.py write BOOTSTRAP REGISTRY TOPIC COUNT SEED   writes odd records (odd_records.py)
  filters.py judge BOOTSTRAP REGISTRY TOPIC COUNT        reads them and prints {"name": ["partition/offset", …]}
"""

import datetime
import json
import random
import re
import sys
import tempfile
from pathlib import Path

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Consumer, Producer, TopicPartition
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from odd_records import AVSC, PROTO, START, Odd

NO = object()  # there is no such field


def message_class():
    from grpc_tools import protoc
    import grpc_tools

    folder = Path(tempfile.mkdtemp())
    (folder / "odd.proto").write_text(PROTO)
    own = str(Path(grpc_tools.__file__).parent / "_proto")
    if protoc.main(["", f"-I{folder}", f"-I{own}", f"--python_out={folder}", "odd.proto"]) != 0:
        raise SystemExit("protoc failed")
    sys.path.insert(0, str(folder))
    import odd_pb2

    return odd_pb2.Odd


class Formats:
    def __init__(self, address, topic):
        # Without a limit it waits forever if an answer is lost (Apicurio 3); with one it repeats the request.
        registry = SchemaRegistryClient({"url": address, "timeout": 20})
        self.context = SerializationContext(topic, MessageField.VALUE)
        self.write_avro = AvroSerializer(registry, Schema(AVSC, "AVRO"), conf={"subject.name.strategy": lambda context, name: f"{topic}-avro"})
        self.read_avro = AvroDeserializer(registry)
        self.message = message_class()
        self.proto_id = registry.register_schema(f"{topic}-proto", Schema(PROTO, "PROTOBUF"))
        self.read_proto = ProtobufDeserializer(self.message, {"use.deprecated.format": False})

    def avro(self, value):
        return self.write_avro(value, self.context)

    def protobuf(self, value):
        made = self.message(id=value["id"], total=value["total"], status=value["status"], big=value["big"])
        made.customer.id, made.customer.name = value["customer"]["id"], value["customer"]["name"]
        made.at.FromDatetime(value["at"].replace(tzinfo=None))
        for item in value["items"]:
            made.items.add(sku=item["sku"], n=item["n"])
        return b"\0" + self.proto_id.to_bytes(4, "big") + b"\0" + made.SerializeToString()

    def read(self, data):
        """What bytes mean: a value of a schema, JSON that begins as an object, list or text, a text, or bytes."""
        if data is None:
            return None
        if len(data) > 5 and data[0] == 0:
            if int.from_bytes(data[1:5], "big") != self.proto_id:
                return self.read_avro(data, self.context)
            made = self.read_proto(data, self.context)
            at = utc(1970, 1, 1) + datetime.timedelta(seconds=made.at.seconds, microseconds=made.at.nanos // 1000)
            return {"id": made.id, "total": made.total, "status": made.status, "big": made.big, "at": at,
                    "customer": {"id": made.customer.id, "name": made.customer.name}, "items": [{"sku": i.sku, "n": i.n} for i in made.items]}  # fmt: skip
        try:
            text = data.decode()
        except UnicodeDecodeError:
            return data
        if text.lstrip(" \t\r\n")[:1] in ("{", "[", '"'):
            try:
                sys.setrecursionlimit(100_000)
                return json.loads(text)
            except ValueError:
                pass
        return text


def at(value, *path):
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step, NO)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else NO
        else:
            return NO
    return value


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def more(value, than):
    return is_number(value) and value > than


def equal(value, other):
    """As JSON has them: true is not 1."""
    return type(value) is bool and type(other) is bool and value == other or (is_number(value) and is_number(other) and value == other) or (
        isinstance(value, str) and isinstance(other, str) and value == other)  # fmt: skip


def moment(value):
    if isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) and "T" in value else None
    except ValueError:
        return None


def utc(*of):
    return datetime.datetime(*of, tzinfo=datetime.timezone.utc)


def items(r):
    of = at(r.value, "items")
    return of if isinstance(of, list) else None


def status(r):
    return at(r.value, "status")


def word(r):
    """A status that words can be looked for in."""
    return status(r) if isinstance(status(r), str) else None


def of_word(holds):
    return lambda r: word(r) is not None and holds(word(r))


PREDICATES = {
    "id": lambda r: equal(at(r.value, "id"), 4711),
    "id not": lambda r: at(r.value, "id") is not NO and not equal(at(r.value, "id"), 4711),
    "id 2^53+1": lambda r: equal(at(r.value, "id"), 2**53 + 1),
    "id 2^53": lambda r: equal(at(r.value, "id"), 2**53),
    "least": lambda r: equal(at(r.value, "id"), -(2**63)),
    "most": lambda r: equal(at(r.value, "customer", "id"), 2**63 - 1),
    "above 2^53": lambda r: more(at(r.value, "id"), 2**53),
    "big": lambda r: equal(at(r.value, "big"), 2**64 - 1),
    "big at least": lambda r: is_number(at(r.value, "big")) and at(r.value, "big") >= 2**63,
    "total": lambda r: more(at(r.value, "total"), 100),
    "total is": lambda r: equal(at(r.value, "total"), 123.45),
    "sum": lambda r: is_number(at(r.value, "total")) and is_number(at(r.value, "id")) and at(r.value, "total") * 2 > 200 and at(r.value, "id") < 0,
    "shipped": lambda r: equal(at(r.value, "status"), "shipped"),
    "shipped or open": lambda r: at(r.value, "status") in ("shipped", "open"),
    "quotes": lambda r: equal(at(r.value, "status"), 'say "shipped"'),
    "slash": lambda r: equal(at(r.value, "status"), "ship/ped"),
    "umlaut": lambda r: equal(at(r.value, "status"), "überfällig"),
    "contains": lambda r: isinstance(at(r.value, "status"), str) and "hipp" in at(r.value, "status"),
    "matches": lambda r: isinstance(at(r.value, "status"), str) and re.search(r"^(ship|fail)\w+$", at(r.value, "status"), re.ASCII) is not None,
    "customer": lambda r: equal(at(r.value, "customer", "name"), "Zoë") and more(at(r.value, "customer", "id"), 0),
    "has customer": lambda r: at(r.value, "customer", "id") is not NO,
    "has no status": lambda r: at(r.value, "status") is NO and not isinstance(r.value, bytes),
    "status null": lambda r: r.value is not None and at(r.value, "status") is None,
    "flag": lambda r: at(r.value, "flag") is True,
    "any item": lambda r: items(r) is not None and any(equal(at(i, "sku"), "b-22") and more(at(i, "n"), 4) for i in items(r)),
    "first item": lambda r: equal(at(r.value, "items", 0, "sku"), "c/3"),
    "items": lambda r: items(r) is not None and len(items(r)) == 2,
    "later": lambda r: moment(at(r.value, "at")) is not None and moment(at(r.value, "at")) > utc(2026, 11, 5),
    "exactly": lambda r: moment(at(r.value, "at")) == START + datetime.timedelta(microseconds=1),
    "avro": lambda r: at(r.value, "suit") == "SPADES" and at(r.value, "note") == "shipped",
    "text value": lambda r: r.value == "shipped",
    "tombstone": lambda r: r.raw_value is None and r.raw_key is not None,
    "key": lambda r: r.key == "order-4711",
    "key json": lambda r: equal(at(r.key, "id"), 2**53 + 1),
    "key bytes": lambda r: r.raw_key == b"\xff\x00",
    "no key": lambda r: r.raw_key is None and equal(at(r.value, "id"), 4711),
    "header": lambda r: r.headers.get("retry") == b"2",
    "header null": lambda r: "empty" in r.headers and r.headers["empty"] is None,
    "header name": lambda r: "trace id" in r.headers and r.headers["trace id"] != b"1" and r.headers["trace id"] is not None,
    "no header": lambda r: "retry" not in r.headers and len(r.all_headers) > 1,
    "time": lambda r: START <= r.time < START + datetime.timedelta(days=1) and r.partition == 1,
    "place": lambda r: r.offset % 7 == 3 and r.partition != 0,
    "sizes": lambda r: r.raw_value is not None and len(r.raw_value) > 150 and (r.raw_key is None or len(r.raw_key) == 0),
    "quick text": lambda r: r.raw_key is not None and b"order-4711" in r.raw_key.lower(),
    "quick header": lambda r: any(value is not None and b"shipped" in value.lower() or b"shipped" in name.encode() for name, value in r.all_headers),
    "regex key": lambda r: r.raw_key is not None and re.search(rb"order-\d{4}", r.raw_key) is not None,
    "regex or": lambda r: any(re.search(rb"^(trace|empty)$", name.encode()) for name, _ in r.all_headers),
    "all": lambda r: equal(at(r.value, "id"), 4711) and r.raw_key is not None and b"order" in r.raw_key,
    "any": lambda r: equal(at(r.value, "id"), -4711) or r.headers.get("retry") == b"1",
    "form is": lambda r: equal(at(r.value, "id"), 2**53 + 1),
    "form is not": lambda r: status(r) is not NO and not equal(status(r), "shipped"),
    "form less than": lambda r: is_number(at(r.value, "id")) and at(r.value, "id") < -4711,
    "form at most": lambda r: is_number(at(r.value, "id")) and at(r.value, "id") <= 4711,
    "form more than": lambda r: more(at(r.value, "total"), 100.5),
    "form at least": lambda r: is_number(at(r.value, "big")) and at(r.value, "big") >= 2**63,
    "form contains": of_word(lambda text: '"ship' in text),
    "form contains no": of_word(lambda text: "p" not in text),
    "form begins with": of_word(lambda text: text.startswith("ü")),
    "form does not begin with": of_word(lambda text: not text.startswith("ship")),
    "form ends with": of_word(lambda text: text.endswith("ped")),
    "form does not end with": of_word(lambda text: not text.endswith("ed")),
    "form fits": of_word(lambda text: re.search(r"^sh.p", text) is not None),
    "form does not fit": of_word(lambda text: re.search(r"\W", text, re.ASCII) is None),
    "form is one of": lambda r: status(r) in ("open", "überfällig"),
    "form is none of": lambda r: status(r) is not NO and status(r) not in ("open", "shipped"),
    "form is null": lambda r: r.value is not None and status(r) is None,
    "form is not null": lambda r: status(r) is not NO and status(r) is not None,
    "form is there": lambda r: at(r.value, "customer", "name") is not NO,
    "form is not there": lambda r: at(r.value, "customer", "name") is NO and not isinstance(r.value, bytes),
    "form facts": lambda r: r.raw_value is not None and len(r.raw_value) >= 100 and r.time >= START + datetime.timedelta(milliseconds=1),
    "form headers": lambda r: "trace id" in r.headers and "retry" not in r.headers,
    "form any": lambda r: r.key == "order-4711" or equal(at(r.value, "id"), -4711) or r.headers.get("retry") == b"1",
    "form": lambda r: equal(at(r.value, "id"), 4711) and not equal(at(r.value, "status"), "shipped") and more(at(r.value, "total"), 99.9),
}


class Record:
    def __init__(self, message, formats):
        self.partition, self.offset = message.partition(), message.offset()
        self.raw_key, self.raw_value = message.key(), message.value()
        self.key, self.value = formats.read(self.raw_key), formats.read(self.raw_value)
        self.all_headers = message.headers() or []
        self.headers = dict(self.all_headers)
        kind, ms = message.timestamp()
        if kind == TIMESTAMP_NOT_AVAILABLE:
            raise SystemExit("a record has no timestamp")
        self.time = utc(1970, 1, 1) + datetime.timedelta(milliseconds=ms)


def write(bootstrap, formats, topic, count, seed):
    odd = Odd(random.Random(seed))
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 50, "compression.type": "lz4"})
    for i in range(count):
        value = odd.value(formats.avro, formats.protobuf)
        stamp = int((START + datetime.timedelta(seconds=odd.random.randint(-86400, 2 * 86400))).timestamp() * 1000)
        while True:
            try:
                producer.produce(topic, key=odd.key(), value=value, headers=odd.headers(), timestamp=stamp, partition=i % 3)
                break
            except BufferError:
                producer.poll(1)
        producer.poll(0)
    if producer.flush(120) > 0:
        raise SystemExit("not all records were taken")


def judge(bootstrap, formats, topic, count):
    found = {name: [] for name in PREDICATES}
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "yardstick", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, partition, 0) for partition in range(3)])
    left = count
    while left > 0:
        for message in consumer.consume(min(left, 10_000), 60):
            if message.error():
                raise SystemExit(f"no record: {message.error()}")
            record = Record(message, formats)
            left -= 1
            for name, holds in PREDICATES.items():
                if holds(record):
                    found[name].append(f"{record.partition}/{record.offset}")
    consumer.close()
    print(json.dumps(found))


def main(command, bootstrap, address, topic, count, seed="0"):
    formats = Formats(address, topic)
    if command == "write":
        write(bootstrap, formats, topic, int(count), int(seed))
    else:
        judge(bootstrap, formats, topic, int(count))


main(*sys.argv[1:])
