#!/usr/bin/env python3
"""What TensorBoard's own writer and W&B's own messages look like, byte for byte.

    python tests/reference/trackers_reference.py > tests/reference/trackers_reference.json

needs: tensorboard, wandb. The values are what formats_test.cpp has our writers write.
"""
import io
import json
import struct
import sys
import zlib

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary
from tensorboard.summary.writer.record_writer import RecordWriter
from wandb.proto import wandb_internal_pb2 as wandb


def record(event):
    buffer = io.BytesIO()
    RecordWriter(buffer).write(event.SerializeToString(deterministic=True))
    return buffer.getvalue().hex()


def scalars():
    values = [Summary.Value(tag="train_loss", simple_value=2.5),
              Summary.Value(tag="learning_rate", simple_value=0.0002)]
    return record(Event(wall_time=1700000000.25, step=300, summary=Summary(value=values)))


def histogram():
    histo = HistogramProto(min=-1, max=2, num=6, sum=1.5, sum_squares=4.5, bucket_limit=[-0.5, 0, 2], bucket=[1, 2, 3])
    return record(Event(wall_time=1700000000.25, step=7,
                        summary=Summary(value=[Summary.Value(tag="gradients/layer", histo=histo)])))


def history():
    message = wandb.Record(num=3)
    for key, value in (("_runtime", "1.5"), ("_step", "300"), ("_timestamp", "1700000001.5"), ("train_loss", "2.5")):
        item = message.history.item.add(value_json=value)
        item.nested_key.append(key)
    message.history.step.num = 300
    return message.SerializeToString(deterministic=True)


def framed(messages):
    """LevelDB's log format (doc/log_format.md), with zlib's crc32 over type and data, after W&B's header."""
    data = b":W&B" + struct.pack("<HB", 0xBEE1, 0)
    for message in messages:
        first = True
        while True:
            left = 32768 - len(data) % 32768
            if left < 7:
                data += bytes(left)
                left = 32768
            piece, message = message[:left - 7], message[left - 7:]
            kind = (1 if first else 4) if not message else (2 if first else 3)
            body = bytes([kind]) + piece
            data += struct.pack("<IH", zlib.crc32(body), len(piece)) + body
            first = False
            if not message:
                break
    return data


def long_file():
    """Records that cross blocks, one that ends 3 bytes before a block, and an empty one."""
    sizes = [100, 70000, 32768 - (7 + 107 + 70000 + 7 * 3) % 32768 - 7 - 3 + 32768, 0, 5]
    return sizes, zlib.crc32(framed([bytes([65 + i]) * size for i, size in enumerate(sizes)]))


if __name__ == "__main__":
    sizes, checksum = long_file()
    json.dump({"tensorboard": {"scalars": scalars(), "histogram": histogram()},
               "wandb": {"history": history().hex(), "file": framed([history()]).hex(),
                         "long_file": {"sizes": sizes, "crc32": checksum}}}, sys.stdout, indent=1)
    print()
