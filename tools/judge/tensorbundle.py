# Reads the variables of a TensorFlow checkpoint without TensorFlow: an index, sorted and prefix-compressed as LevelDB
# keeps its tables, that tells name, type, shape and place of each tensor, and a file of their bytes.
import os
import struct

import numpy

MAGIC = 0xDB4775248B80FB57
TYPES = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8"}


def number(data, at):
  """A varint: seven bits a byte, the low ones first. Returns it and where the next field begins."""
  value = shift = 0
  while True:
    byte = data[at]
    at += 1
    value |= (byte & 127) << shift
    shift += 7
    if byte < 128:
      return value, at


def block(data, at, size):
  """The entries (key, value) of a table's block, whose type byte must say that it is not compressed."""
  if data[at + size] != 0:
    raise ValueError("expected an index that is not compressed")
  restarts = struct.unpack_from("<I", data, at + size - 4)[0]
  end = at + size - 4 * (restarts + 1)
  key = b""
  while at < end:
    shared, at = number(data, at)
    fresh, at = number(data, at)
    length, at = number(data, at)
    key = key[:shared] + data[at:at + fresh]
    yield key, data[at + fresh:at + fresh + length]
    at += fresh + length


def message(data):
  """The fields (number, value) of a protocol buffer's message."""
  at = 0
  while at < len(data):
    tag, at = number(data, at)
    kind = tag & 7
    if kind == 0:
      value, at = number(data, at)
    elif kind == 2:
      size, at = number(data, at)
      value, at = data[at:at + size], at + size
    elif kind in (1, 5):
      size = 8 if kind == 1 else 4
      value, at = data[at:at + size], at + size
    else:
      raise ValueError(f"a field of kind {kind} in the index")
    yield tag >> 3, value


def shape(data):
  """TensorShapeProto: field 2 holds a dimension, whose field 1 is its size."""
  return [dict(message(dimension)).get(1, 0) for field, dimension in message(data) if field == 2]


def read(prefix):
  """The tensors of the checkpoint at `prefix` (`…/variables/variables`), by name; strings and the like are left out.

  Raises ValueError, with the path, where the files are not such a checkpoint.
  """
  with open(prefix + ".index", "rb") as file:
    index = file.read()
  if len(index) < 48 or struct.unpack_from("<Q", index, len(index) - 8)[0] != MAGIC:
    raise ValueError(f"{prefix}.index: expected a checkpoint's index, found something else")
  footer = len(index) - 48
  _, at = number(index, footer)
  _, at = number(index, at)
  first, at = number(index, at)
  size, at = number(index, at)
  tensors = {}
  shards = {}
  for _, handle in block(index, first, size):
    begin, after = number(handle, 0)
    length, _ = number(handle, after)
    for name, value in block(index, begin, length):
      fields = dict(message(value))
      kind = TYPES.get(fields.get(1))
      if not name or kind is None:
        continue
      shard = fields.get(3, 0)
      if shard not in shards:
        shards[shard] = numpy.memmap(data_file(prefix, shard), mode="r")
      place = fields.get(4, 0)
      raw = shards[shard][place:place + fields[5]]
      tensors[name.decode()] = numpy.frombuffer(raw.tobytes(), kind).reshape(shape(fields.get(2, b"")))
  return tensors


def data_file(prefix, shard):
  """The path of a shard; its name tells how many there are."""
  folder, name = os.path.split(prefix)
  for found in os.listdir(folder):
    if found.startswith(f"{name}.data-{shard:05d}-of-"):
      return os.path.join(folder, found)
  raise ValueError(f"{prefix}: its data of shard {shard} are missing")
