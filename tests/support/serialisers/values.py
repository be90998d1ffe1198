"""Values as text that two languages write alike: every kind by a tag, so that a float is never taken for an integer."""

import datetime
import decimal
import struct
import uuid


def tagged(value):
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["boolean", "true" if value else "false"]
    if isinstance(value, int):
        return ["integer", str(value)]
    if isinstance(value, float):
        return floating(value)
    if isinstance(value, decimal.Decimal):
        return ["decimal", format(value, "f")]
    if isinstance(value, uuid.UUID):
        return ["text", str(value)]
    if isinstance(value, datetime.datetime):
        return ["meant", moment(value)]
    if isinstance(value, datetime.date):
        return ["meant", value.isoformat()]
    if isinstance(value, datetime.time):
        return ["meant", trimmed(value.isoformat("microseconds"))]
    if isinstance(value, (bytes, bytearray)):
        return ["bytes", bytes(value).hex()]
    if isinstance(value, str):
        return ["text", value]
    if isinstance(value, (list, tuple)):
        return ["list", [tagged(one) for one in value]]
    if isinstance(value, dict):
        return ["fields", sorted([str(name), tagged(one)] for name, one in value.items())]
    raise TypeError(f"no tag for {type(value)}")


def floating(value):
    """By its bits; NaN is one value, whatever its payload."""
    if value != value:
        return ["float", "NaN"]
    return ["float", struct.pack(">d", value).hex()]


def moment(value):
    if value.tzinfo is None:
        return trimmed(value.isoformat(timespec="microseconds"))
    return trimmed(value.astimezone(datetime.timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds")) + "Z"


def trimmed(text):
    """Trailing zeros of a second say how it is stored, and not what it is."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def from_message(message):
    """A Protobuf message by its descriptor: fields without presence with their defaults, others only where they are set."""
    from google.protobuf.descriptor import FieldDescriptor as F

    full_name = message.DESCRIPTOR.full_name
    if full_name == "google.protobuf.Timestamp":
        seconds = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=message.seconds)
        nanos = f"{message.nanos:09d}".rstrip("0")
        return ["meant", seconds.isoformat() + (f".{nanos}" if nanos else "") + "Z"]
    if full_name == "google.protobuf.Duration":
        total = message.seconds * 10**9 + message.nanos
        nanos = f"{abs(total) % 10**9:09d}".rstrip("0")
        sign = "-" if total < 0 else ""
        return ["meant", f"{sign}{abs(total) // 10**9}" + (f".{nanos}" if nanos else "") + "s"]

    def single(field, value):
        if field.type in (F.TYPE_MESSAGE, F.TYPE_GROUP):
            return from_message(value)
        if field.type == F.TYPE_ENUM:
            known = field.enum_type.values_by_number.get(value)
            return ["text", known.name] if known else ["integer", str(value)]
        if field.type in (F.TYPE_FLOAT, F.TYPE_DOUBLE):
            return floating(value)
        return tagged(value)

    fields = []
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
        if is_map:
            of = field.message_type.fields_by_name["value"]
            entries = sorted([keyed(key), single(of, value[key])] for key in value)
            fields.append([field.name, ["fields", entries]])
        elif field.is_repeated if hasattr(field, "is_repeated") else field.label == F.LABEL_REPEATED:
            fields.append([field.name, ["list", [single(field, one) for one in value]]])
        elif not field.has_presence or message.HasField(field.name):
            fields.append([field.name, single(field, value)])
    return ["fields", sorted(fields)]


def keyed(key):
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key)
