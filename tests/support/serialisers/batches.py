"""Reads record batches as kafka-python does, with the codecs' own libraries: each from stdin behind its length (four bytes, big
endian), and of each a line to stdout: "ok <records> <checksum of what they hold>", or "no <why>". A negative length asks for
what there is by now."""

import struct
import sys
import zlib

from kafka.record.default_records import DefaultRecordBatch

RECORD = struct.Struct(">qqii")
HEADER = struct.Struct(">ii")


def sized(data):
    return -1 if data is None else len(data)


def checksum(record, crc):
    timestamp = (record.timestamp + 2**63) % 2**64 - 2**63
    key, value = record.key, record.value
    crc = zlib.crc32(RECORD.pack(record.offset, timestamp, sized(key), sized(value)), crc)
    crc = zlib.crc32((key or b"") + (value or b""), crc)
    for name, content in record.headers:
        written = name.encode("utf-8")
        crc = zlib.crc32(HEADER.pack(len(written), sized(content)) + written + (content or b""), crc)
    return crc


def judged(data):
    try:
        count = crc = 0
        for record in DefaultRecordBatch(data):
            count += 1
            crc = checksum(record, crc)
        return f"ok {count} {crc}"
    except Exception as error:
        return "no " + " ".join(f"{type(error).__name__}: {error}".split())[:160]


source = sys.stdin.buffer
while len(head := source.read(4)) == 4:
    (length,) = struct.unpack(">i", head)
    if length < 0:
        sys.stdout.flush()
    else:
        print(judged(source.read(length)))
