"""Odd records for the comparison of filters, from a seed: JSON spelt in many ways, Avro, Protobuf, texts, bytes and nothing."""

import datetime
import json

AVSC = """{"type": "record", "name": "Odd", "namespace": "com.acme", "fields": [
  {"name": "id", "type": "long"}, {"name": "total", "type": "double"}, {"name": "status", "type": "string"},
  {"name": "customer", "type": {"type": "record", "name": "Customer", "fields": [
    {"name": "id", "type": "long"}, {"name": "name", "type": "string"}]}},
  {"name": "note", "type": ["null", "string"], "default": null},
  {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
  {"name": "suit", "type": {"type": "enum", "name": "Suit", "symbols": ["HEARTS", "SPADES"]}},
  {"name": "items", "type": {"type": "array", "items": {"type": "record", "name": "Item", "fields": [
    {"name": "sku", "type": "string"}, {"name": "n", "type": "int"}]}}}]}"""

PROTO = """syntax = "proto3";
package com.acme;
import "google/protobuf/timestamp.proto";
message Odd {
  message Customer { int64 id = 1; string name = 2; }
  message Item { string sku = 1; int32 n = 2; }
  int64 id = 1; double total = 2; string status = 3; Customer customer = 4; uint64 big = 5;
  google.protobuf.Timestamp at = 6; repeated Item items = 7;
}
"""

IDS = [4711, 4711, 4712, -4711, 1, 7, 2**53, 2**53 + 1, 2**53 - 1, -(2**53) - 1, 2**63 - 1, -(2**63), 47110, 4710]
STATUSES = ["shipped", "open", "failed", "SHIPPED", "ship/ped", 'say "shipped"', "überfällig", "a\\b", "line\nbreak", "4711"]
NAMES = ["Ann", "Bob", "Zoë", "𝄞 clef", "O'Neil", "__proto__"]
START = datetime.datetime(2026, 11, 1, tzinfo=datetime.timezone.utc)


class Odd:
    def __init__(self, random):
        self.random = random

    def pick(self, of):
        return self.random.choice(of)

    def moment(self):
        return START + datetime.timedelta(microseconds=self.random.choice([0, 1, 10**6, self.random.randint(0, 10**13)]))

    def fields(self):
        return {
            "id": self.pick(IDS), "total": self.pick([99.5, 100.0, 100.5, 1e21, 0.1, -1.5, 123.45]), "status": self.pick(STATUSES),
            "customer": {"id": self.pick(IDS), "name": self.pick(NAMES)},
            "items": [{"sku": self.pick(["a-1", "b-22", "c/3"]), "n": self.random.randint(1, 9)} for _ in range(self.random.randint(0, 3))],
        }

    def number(self, value):
        """The same number, spelt as somebody might."""
        if isinstance(value, int) and abs(value) < 2**53:
            form = self.random.random()
            if form < 0.05:
                return f"{value}.0"
            if form < 0.1:
                return f"{value * 10}e-1" if abs(value) < 2**49 else str(value)
            if form < 0.15:
                digits = str(abs(value))
                return f"{'-' if value < 0 else ''}{digits[0]}.{digits[1:] or '0'}E+{len(digits) - 1}"
        return json.dumps(value)

    def text(self, value):
        form = self.random.random()
        if form < 0.1 and value:
            at = self.random.randrange(len(value))
            if ord(value[at]) < 0x10000:
                return json.dumps(value[:at], ensure_ascii=False)[:-1] + f"\\u{ord(value[at]):04x}" + json.dumps(value[at + 1:], ensure_ascii=False)[1:]
        plain = json.dumps(value, ensure_ascii=form < 0.5)
        return plain.replace("/", "\\/") if form > 0.9 else plain

    def spelt(self, value):
        space = self.pick(["", "", "", " ", "\n\t"])
        if isinstance(value, dict):
            return "{" + space + f",{space}".join(f"{self.text(k)}{space}:{space}{self.spelt(v)}" for k, v in value.items()) + space + "}"
        if isinstance(value, list):
            return "[" + f"{space},".join(self.spelt(v) for v in value) + "]"
        if isinstance(value, bool) or value is None:
            return json.dumps(value)
        return self.text(value) if isinstance(value, str) else self.number(value)

    def json(self):
        value = self.fields()
        value["at"] = self.moment().isoformat().replace("+00:00", "Z")
        value["big"] = self.pick([2**64 - 1, 2**64 - 2, 2**63, 5])
        value["flag"] = self.pick([True, False, None, "true"])
        for name in ["id", "total", "status", "customer", "items", "at", "big", "flag"]:
            odd = self.random.random()
            if odd < 0.1:
                del value[name]
            elif odd < 0.15:
                value[name] = None
            elif odd < 0.2:
                value[name] = self.pick(["4711", 4711, [4711], {"id": 4711}, 1.5, False])
        text = self.spelt(value)
        if self.random.random() < 0.05:
            # The last of two fields with the same name counts.
            text = text[:-1] + (", " if value else "") + f'"id": {self.number(self.pick(IDS))}}}'
        return text.encode()

    def value(self, avro, protobuf):
        kind = self.random.random()
        if kind < 0.6:
            return self.json()
        if kind < 0.72:
            note = self.pick([None, "call back", "shipped"])
            return avro({**self.fields(), "note": note, "at": self.moment(), "suit": self.pick(["HEARTS", "SPADES"])})
        if kind < 0.84:
            return protobuf({**self.fields(), "big": self.pick([2**64 - 1, 2**63, 5]), "at": self.moment()})
        return self.pick([None, b"", b"4711", b"shipped", "überfällig: 4711".encode(), b"\xff\xfe\x00", b'{"id": 4711', b'"shipped"', b"[4711]",
                          b'{"id":1}x', b'{"id":' + b"[" * 5000 + b"]" * 5000 + b"}", b"  {\"id\":4711}"])  # fmt: skip

    def key(self):
        return self.pick([None, b"order-4711", b"order-1", b"4711", b'{"id": 4711}', b'{"id":9007199254740993}', b"\xff\x00", "schlüssel".encode(), b""])

    def headers(self):
        kind = self.random.random()
        if kind < 0.4:
            return []
        names = [self.pick(["retry", "trace", "retry", "empty", "trace id"]) for _ in range(self.random.randint(1, 4))]
        return [(name, self.pick([None, b"", b"1", b"2", b"shipped", b"\xff\xfe", "ü".encode()])) for name in names]
