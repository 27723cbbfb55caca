# The transcriber's ear: a sound file becomes a MIDI file of the notes that transkun hears in it.
# What it heard in the same samples is kept, for listening costs some seconds of computing a second of sound.
import hashlib
import os
import subprocess
import sys

import numpy
from scipy.io import wavfile


def listen(sound, folder):
  """Transcribes a WAV file of 16-bit or float samples. Returns the MIDI file's path in `folder`."""
  rate, samples = wavfile.read(sound)
  if samples.dtype != numpy.int16:
    # The ear takes 16 bits. What is louder than full scale is made softer, for clipping is not what is judged.
    peak = max(1.0, float(numpy.abs(samples).max(initial=0)))
    samples = numpy.round(samples / peak * 32767).astype(numpy.int16)
  name = hashlib.sha256(rate.to_bytes(4, "little") + samples.tobytes()).hexdigest()[:16]
  heard = os.path.join(folder, f"{name}.mid")
  if not os.path.exists(heard):
    plain = os.path.join(folder, f"{name}.wav")
    wavfile.write(plain, rate, samples)
    run([sys.executable, "-W", "ignore", "-m", "transkun.transcribe", plain, heard + ".part"])
    os.rename(heard + ".part", heard)
    os.remove(plain)
  return heard


def run(command):
  """Runs a command, and says all that it said when it fails."""
  try:
    done = subprocess.run(command, capture_output=True, text=True)
  except FileNotFoundError:
    sys.exit(f"judge: {command[0]} is missing; make bundle and make check-deps bring all programs")
  if done.returncode != 0:
    sys.exit(f"judge: {' '.join(command)}\nfailed with {done.returncode}:\n{done.stdout}{done.stderr}")
