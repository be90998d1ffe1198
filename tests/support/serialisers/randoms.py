"""Random values for the schemas, from a seed; the ends of each range come often."""

import datetime
import decimal
import uuid

LONGS = [0, 1, -1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 9007199254740993, 1234567890123456789]
TEXTS = ["", "a", "ä€𝄞", "line\nbreak", 'quote"', "\u0000", "__proto__", "NaN", "x" * 300, "\ud7ff\ue000"]


class Randoms:
    def __init__(self, random):
        self.random = random

    def long(self):
        return self.random.choice(LONGS) if self.random.random() < 0.5 else self.random.randint(-(2**63), 2**63 - 1)

    def within(self, low, high):
        if self.random.random() < 0.4:
            return self.random.choice([low, high, max(low, 0), max(low, min(high, 1))])
        return self.random.randint(low, high)

    def text(self):
        return self.random.choice(TEXTS)

    def double(self):
        ends = [0.0, -0.0, float("nan"), float("inf"), float("-inf"), 5e-324, 1.7976931348623157e308, 1e21, 0.1]
        return self.random.choice(ends) if self.random.random() < 0.5 else self.random.uniform(-1e9, 1e9)

    def single(self):
        """A double that 32 bits hold exactly."""
        import struct

        return struct.unpack(">f", struct.pack(">f", self.random.choice([0.5, -2.25, 1e30, float("nan"), float("inf"), 0.1])))[0]

    def bytes(self, size=None):
        return self.random.randbytes(self.random.randint(0, 20) if size is None else size)

    def list(self, make, most=4):
        return [make() for _ in range(self.random.randint(0, most))]

    def map(self, key, make, most=4):
        return {key(): make() for _ in range(self.random.randint(0, most))}

    def decimal(self, digits, scale):
        unscaled = self.within(-(10**digits) + 1, 10**digits - 1)
        with decimal.localcontext(decimal.Context(prec=60)):
            return decimal.Decimal(unscaled).scaleb(-scale)

    def moment(self, micros):
        text = datetime.datetime(1, 1, 2, tzinfo=datetime.timezone.utc)
        days = self.random.choice([0, 719162, 719161, 738000, 3652050])
        seconds = self.random.randint(0, 86399)
        fraction = self.random.choice([0, 1, 999999, 120000]) if micros else 1000 * self.random.choice([0, 1, 999, 120])
        return text + datetime.timedelta(days=days, seconds=seconds, microseconds=fraction)

    def address(self):
        return {"street": self.text(), "codes": self.map(self.text, lambda: self.within(-(2**31), 2**31 - 1)),
                "kind": self.random.choice(["HOME", "WORK", "OTHER"])}

    def avro(self, depth=0):
        r = self.random
        either = r.choice([lambda: None, lambda: r.random() < 0.5, self.long, lambda: r.uniform(-9, 9), self.text, self.bytes])
        time = datetime.time(r.randint(0, 23), r.randint(0, 59), r.randint(0, 59), 1000 * r.randint(0, 999))
        return {
            "id": self.long(), "count": self.within(-(2**31), 2**31 - 1), "ratio": self.single(), "total": self.double(),
            "open": r.random() < 0.5, "note": r.choice([None, self.text()]), "raw": self.bytes(), "mark": self.bytes(7),
            "suit": r.choice(["HEARTS", "SPADES", "CLUBS"]), "longs": self.list(self.long),
            "rates": self.map(self.text, self.double), "either": either(), "to": self.address(),
            "others": self.list(self.address), "price": self.decimal(30, 4), "small": self.decimal(9, 2),
            "day": datetime.date(1, 1, 2) + datetime.timedelta(days=r.choice([0, 719162, 738000, 3652000])),
            "at": time, "exactly": time.replace(microsecond=r.choice([0, 1, 999999])),
            "made": self.moment(False), "seen": self.moment(True), "local": self.moment(False).replace(tzinfo=None),
            "key": uuid.UUID(int=r.getrandbits(128)),
            "parent": self.avro(depth + 1) if depth < 3 and r.random() < 0.3 else None,
        }

    def json(self, depth=0):
        r = self.random
        value = {"id": self.long(), "total": r.uniform(-1e9, 1e9), "open": r.random() < 0.5, "note": r.choice([None, self.text()]),
                 "longs": self.list(self.long), "to": self.address(), "others": self.list(self.address),
                 "either": r.choice([self.text, self.long, lambda: {"x": self.long()}])()}
        if depth < 3 and r.random() < 0.3:
            value["parent"] = self.json(depth + 1)
        return value

    def fill(self, message, depth=0):
        """Any Protobuf message, by its descriptor."""
        from google.protobuf.descriptor import FieldDescriptor as F

        r = self.random
        full_name = message.DESCRIPTOR.full_name
        if full_name == "google.protobuf.Timestamp":
            message.FromDatetime(self.moment(True).replace(tzinfo=None))
            return
        if full_name == "google.protobuf.Duration":
            message.FromMicroseconds(self.within(-(10**15), 10**15))
            return
        ranges = {
            F.TYPE_INT32: (-(2**31), 2**31 - 1), F.TYPE_SINT32: (-(2**31), 2**31 - 1), F.TYPE_SFIXED32: (-(2**31), 2**31 - 1),
            F.TYPE_UINT32: (0, 2**32 - 1), F.TYPE_FIXED32: (0, 2**32 - 1), F.TYPE_UINT64: (0, 2**64 - 1), F.TYPE_FIXED64: (0, 2**64 - 1),
            F.TYPE_INT64: (-(2**63), 2**63 - 1), F.TYPE_SINT64: (-(2**63), 2**63 - 1), F.TYPE_SFIXED64: (-(2**63), 2**63 - 1),
        }

        def scalar(field):
            if field.type in ranges:
                return self.within(*ranges[field.type])
            return {
                F.TYPE_FLOAT: self.single, F.TYPE_DOUBLE: self.double, F.TYPE_BOOL: lambda: r.random() < 0.5,
                F.TYPE_STRING: self.text, F.TYPE_BYTES: self.bytes,
                # Open enums: also a number that the schema does not know.
                F.TYPE_ENUM: lambda: r.choice([value.number for value in field.enum_type.values] + [77]),
            }[field.type]()

        for field in message.DESCRIPTOR.fields:
            if r.random() < 0.25:
                continue
            is_repeated = field.is_repeated if hasattr(field, "is_repeated") else field.label == F.LABEL_REPEATED
            if field.message_type is not None and depth >= 3:
                continue
            target = getattr(message, field.name)
            if field.message_type is not None and field.message_type.GetOptions().map_entry:
                key, value = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
                for _ in range(r.randint(0, 3)):
                    if value.message_type is not None:
                        self.fill(target[scalar(key)], depth + 1)
                    else:
                        target[scalar(key)] = scalar(value)
            elif is_repeated:
                for _ in range(r.randint(0, 3)):
                    if field.message_type is not None:
                        self.fill(target.add(), depth + 1)
                    else:
                        target.append(scalar(field))
            elif field.message_type is not None:
                target.SetInParent()
                self.fill(target, depth + 1)
            else:
                setattr(message, field.name, scalar(field))
