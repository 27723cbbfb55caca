# The ears: two transcribers by other people, each loaded once a process, that write down the notes of a sound.
# What was heard in the same samples is kept, for listening costs some seconds of computing a second of sound.
import contextlib
import hashlib
import io
import logging
import os

import numpy

import sound

EARS = ("transkun", "basic-pitch")


class Ears:
  """Listens to sounds and keeps what it heard in `folder`, a MIDI file a sound and ear."""

  def __init__(self, folder):
    self.folder = folder
    self.loaded = {}
    os.makedirs(folder, exist_ok=True)

  def place(self, ear, samples):
    """Where the notes of these samples are kept, or will be: named by their content."""
    whole = numpy.round(numpy.clip(samples, -1, 1) * 32767).astype("<i2")
    name = hashlib.sha256(ear.encode() + whole.tobytes()).hexdigest()[:20]
    return os.path.join(self.folder, f"{ear}-{name}.mid")

  def knows(self, ear, samples):
    return os.path.exists(self.place(ear, samples))

  def listen(self, ear, samples):
    """The MIDI file of the notes that `ear` hears in one channel at 24 kHz."""
    heard = self.place(ear, samples)
    if not os.path.exists(heard):
      # What is louder than full scale is made softer: clipping is not what is judged.
      samples = samples / max(1.0, float(numpy.abs(samples).max(initial=0)))
      if ear not in self.loaded:
        self.loaded[ear] = transkun() if ear == "transkun" else basic_pitch()
      part = f"{heard}.{os.getpid()}"
      self.loaded[ear](samples, part)
      os.replace(part, heard)
    return heard


def transkun():
  """https://github.com/Yujia-Yan/Transkun, as its own command line calls it."""
  import moduleconf
  import soxr
  import torch
  import transkun as package
  from transkun.Data import writeMidi

  base = os.path.join(os.path.dirname(package.__file__), "pretrained", "2.0")
  module = moduleconf.parseFromFile(base + ".conf")["Model"]
  model = module.module.TransKun(conf=module.config)
  checkpoint = torch.load(base + ".pt", map_location="cpu", weights_only=False)
  model.load_state_dict(checkpoint.get("best_state_dict") or checkpoint["state_dict"], strict=False)
  model.eval()

  def hear(samples, path):
    whole = soxr.resample(samples.astype(numpy.float32)[:, None], sound.RATE, model.fs)
    with torch.no_grad(), contextlib.redirect_stdout(io.StringIO()):
      notes = model.transcribe(torch.from_numpy(whole), discardSecondHalf=False)
    writeMidi(notes).write(path)
  return hear


def basic_pitch():
  """https://github.com/spotify/basic-pitch, its ONNX network."""
  logging.disable(logging.WARNING)
  from basic_pitch import FilenameSuffix, build_icassp_2022_model_path
  from basic_pitch.inference import Model, predict
  logging.disable(logging.NOTSET)
  model = Model(build_icassp_2022_model_path(FilenameSuffix.onnx))

  def hear(samples, path):
    sound.write(path + ".wav", samples)
    with contextlib.redirect_stdout(io.StringIO()):
      _, midi, _ = predict(path + ".wav", model)
    os.remove(path + ".wav")
    midi.write(path)
  return hear
