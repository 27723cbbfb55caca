# Who can play a score: the sound fonts, the codec, the voice in every setting, another piano. Each leaves a sound of
# one channel at 24 kHz. What the same command made of the same files is kept.
import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass, replace

import soundfile

import sound
from voicefile import Failure, identity, metadata, named_font, newest, tensors

FLUID_R3 = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
MUSESCORE = "/usr/share/sounds/sf2/MuseScore_General_Full.sf2"
FONTS = {FLUID_R3: "Yamaha Grand (FluidR3)", MUSESCORE: "Splendid Grand (MuseScore General)"}
MDA = ("/usr/lib/lv2/mda.lv2", "http://drobilla.net/plugins/mda/Piano")
STEPS, BLOCKS = (16, 8, 4, 2, 1), ("2", "6", "24", "whole")
# In blocks of this size, a live player's, the plugin itself is judged.
LIVE = "3"


@dataclass(frozen=True)
class Row:
  """A line of the table: who plays. `key` names it on the command line and in the report."""
  key: str
  label: str
  steps: int = 0
  block: str = ""


REFERENCE = Row("reference", "recording")


def ours(steps, block):
  """The voice in one of its settings."""
  live = ", in the plugin" if block == LIVE else ""
  blocks = "one block" if block == "whole" else f"blocks of {block}"
  return Row(f"ours-{steps}x{block}", f"ours, {steps} step{'s' * (steps > 1)}, {blocks}{live}", steps, block)


def rows(stage, quick):
  """All that are judged, in the table's order; the first is what everything is compared with."""
  settings = [(4, LIVE), (2, LIVE), (1, LIVE)]
  if quick:
    settings += [(4, "whole")]
  else:
    settings += [(steps, block) for block in BLOCKS for steps in STEPS]
  return ([replace(REFERENCE, label=f"recording: {stage.font_name(stage.font)}"), Row("codec", "codec alone")]
          + [ours(*setting) for setting in settings]
          + [Row("other", f"another font: {stage.font_name(stage.other)}"), Row("mda", "mda Piano")])


class Stage:
  """Everything that plays for one voice. `folder` keeps the sounds."""

  def __init__(self, folder, voice, font=None, other=None, codec=None):
    self.folder, self.voice, self.codec = folder, voice, codec
    self.metadata = metadata(voice)
    self.configuration = json.loads(self.metadata["fotoplayer"])
    self.name = self.configuration.get("name", "unnamed")
    # Samples by which the voice is earlier than the recordings that it learned from.
    self.lag = int(self.configuration["codec"].get("source", {}).get("lag", 0))
    self.font = font or named_font(self.metadata)
    if not self.font:
      raise Failure(f"{voice}: its card names no sound font; --font does")
    self.other = other or (FLUID_R3 if os.path.basename(self.font) == os.path.basename(MUSESCORE) else MUSESCORE)
    os.makedirs(folder, exist_ok=True)

  @staticmethod
  def font_name(path):
    known = {os.path.basename(known): name for known, name in FONTS.items()}
    return known.get(os.path.basename(path), os.path.basename(path))

  def missing(self, row):
    """Why a row cannot be played here; None when it can."""
    if row.key == "codec" and not self.codec and not any(n.startswith("encoder.") for n in tensors(self.voice)):
      return "the voice keeps no encoder; --codec names the codec's run"
    if row.key == "reference" and not os.path.exists(self.font):
      return f"{self.font} is missing"
    if row.key == "other" and not os.path.exists(self.other):
      return f"{self.other} is missing: apt install musescore-general-soundfont-lossless fluid-soundfont-gm"
    if row.key == "mda" and not os.path.exists(MDA[0]):
      return f"{MDA[0]} is missing: apt install mda-lv2"
    return None

  def play(self, row, score, seconds):
    """The sound of a score by a row's player: `seconds` of one channel at 24 kHz, in ±1."""
    made = {"reference": lambda: self.fluid(self.font, score, seconds), "codec": lambda: self.carried(score, seconds),
            "other": lambda: self.fluid(self.other, score, seconds),
            "mda": lambda: self.hosted(MDA[0], score, ["--plugin", MDA[1]])}.get(row.key)
    samples = made() if made else self.ours(row, score, seconds)
    return sound.shifted(samples, 0, int(seconds * sound.RATE))

  def fluid(self, font, score, seconds):
    """A sound font, as the pieces of a training set are played: on time, with half pedals and the left pedal."""
    samples = self.kept(lambda out: [program("fotoplayer-train"), "data", "render", score, "--out", out, "--soundfont",
                                     font, "--tail", str(min(60, seconds))], [score, font])
    return sound.shifted(samples, 0, int(seconds * sound.RATE))

  def recording(self, score, seconds):
    """The reference as a file, for the codec to carry."""
    samples = self.fluid(self.font, score, seconds)
    path = f"{self.folder}/recording-{hashlib.sha256(samples.tobytes()).hexdigest()[:20]}.wav"
    if not os.path.exists(path):
      part = f"{path}.{os.getpid()}"
      sound.write(part, samples)
      os.replace(part, path)
    return path

  def carried(self, score, seconds):
    """The recording through the encoder and the decoder."""
    recording = self.recording(score, seconds)
    source = ["--codec", self.codec] if self.codec else ["--voice", self.voice]
    depends = [score, recording] + ([newest(self.codec)] if self.codec else [self.voice])
    return self.kept(lambda out: [program("fotoplayer-train"), "listen", "--score", score, "--recording", recording,
                                  "--seconds", str(seconds), "--out", out + ".parts"] + source, depends, "codec.wav")

  def ours(self, row, score, seconds):
    """The voice: live settings through the plugin, as a host loads it, the others by the same code without one."""
    if row.block == LIVE:
      return self.hosted(self.bundle(), score, ["--set", f"steps={row.steps}", "--set", f"block={row.block}"])
    return self.rendered(score, row.steps, row.block, seconds)

  def rendered(self, score, steps, block, seconds):
    """`fotoplayer render` at the voice's own rate: no resampler, and blocks on a known grid from the first sample."""
    return self.kept(lambda out: [program("fotoplayer"), "render", score, "--output", out, "--rate", str(sound.RATE),
                                  "--steps", str(steps), "--block", str(block), "--voice", self.voice, "--quiet"],
                     [score, self.voice])

  def hosted(self, bundle, score, options):
    code = [os.path.join(bundle, f) for f in sorted(os.listdir(bundle)) if f in ("fotoplayer.so", "Piano.so")]
    voice = [self.voice] if code and code[0].endswith("fotoplayer.so") else []
    return self.kept(lambda out: [program("lv2-perform"), bundle, "--score", score, "--output", out, "--freewheel"]
                     + options, [score] + code + voice)

  def bundle(self):
    """The built bundle with this voice in the place of its own."""
    if not os.path.exists("build/fotoplayer.lv2/fotoplayer.so"):
      raise Failure("build/fotoplayer.lv2 is missing; make bundle makes it")
    place = f"{self.folder}/bundle-{identity(self.voice)}-{identity('build/fotoplayer.lv2/fotoplayer.so')}.lv2"
    if not os.path.exists(place):
      part = f"{place}.{os.getpid()}"
      shutil.copytree("build/fotoplayer.lv2", part, ignore=shutil.ignore_patterns("voices"))
      os.mkdir(f"{part}/voices")
      shutil.copy(self.voice, f"{part}/voices/piano.safetensors")
      try:
        os.rename(part, place)
      except OSError:
        shutil.rmtree(part)
    return place

  def kept(self, command, depends, part=None):
    """The sound that a command makes, from its file if it was made before.

    `command` is given the file to write; `depends` are the files that its sound depends on. With `part` the command
    writes a folder instead, `FILE.parts`, and that file of it is the sound.
    """
    words = command("OUT.wav")
    binary = [words[0]] if os.path.exists(words[0]) else []
    key = hashlib.sha256(json.dumps([words, [identity(d) for d in depends + binary]]).encode()).hexdigest()[:20]
    place = f"{self.folder}/{key}.wav"
    if not os.path.exists(place):
      out = f"{self.folder}/{key}-{os.getpid()}.wav"
      run(command(out))
      if part:
        os.replace(f"{out}.parts/{part}", out)
        shutil.rmtree(f"{out}.parts")
      samples, rate = soundfile.read(out, always_2d=True)
      if rate != sound.RATE or samples.shape[1] != 1:
        soundfile.write(out, sound.read(out), sound.RATE, subtype="FLOAT", format="WAV")
      os.replace(out, place)
    return sound.read(place)


def program(name):
  """A program of ours, as make bundle builds it."""
  path = f".build/release/{name}"
  if not os.path.exists(path):
    raise Failure(f"{path} is missing; make bundle makes it")
  return path


def run(command):
  """Runs a command; what it said, thrown, when it fails."""
  try:
    done = subprocess.run(command, capture_output=True, text=True)
  except FileNotFoundError:
    raise Failure(f"{command[0]} is missing; make bundle and make check-deps bring all programs") from None
  # FluidSynth goes on with another sound font when it cannot read the one that it is given.
  if done.returncode != 0 or (command[0] == "fluidsynth" and "error:" in done.stdout + done.stderr):
    raise Failure(f"{' '.join(command)}\nfailed with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}")
