# What a voice's file says of itself, without any of our programs; and what tells a file from another.
import functools
import hashlib
import json
import os
import re
import struct


class Failure(Exception):
  """What cannot be judged or played, and why."""


def identity(path):
  """What tells a file from another: its content; of large ones size and time."""
  return identity_at(path, os.path.getmtime(path))


@functools.lru_cache(maxsize=None)
def identity_at(path, modified):
  """The identity of a file that was changed at this time."""
  size = os.path.getsize(path)
  if size > 1 << 26:
    return f"{path} {size} {modified}"
  with open(path, "rb") as file:
    return hashlib.sha256(file.read()).hexdigest()[:16]


def header(path):
  """The JSON at the head of a safetensors file."""
  if not os.path.isfile(path):
    raise Failure(f"{path}: expected a voice, found no file")
  with open(path, "rb") as file:
    size = file.read(8)
    length = struct.unpack("<Q", size)[0] if len(size) == 8 else 0
    if not 2 <= length <= 1 << 24:
      raise Failure(f"{path}: expected a voice, found something else")
    return json.loads(file.read(length))


def metadata(voice):
  found = header(voice).get("__metadata__", {})
  if "fotoplayer" not in found:
    raise Failure(f"{voice}: expected a voice's metadata, found none")
  return found


def tensors(voice):
  return [name for name in header(voice) if name != "__metadata__"]


def named_font(card):
  """The sound font that a voice's card says it learned from."""
  for value in card.values():
    found = re.search(r"(/\S+\.sf[23])\b", value)
    if found:
      return found.group(1)
  return None


def newest(run):
  """The last checkpoint's weights of a run."""
  found = [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(run, "checkpoints"))
           for name in names if name.startswith("average")]
  if not found:
    raise Failure(f"{run}: no complete checkpoint of a codec")
  return max(found, key=os.path.getmtime)
