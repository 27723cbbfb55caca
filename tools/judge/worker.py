# A worker: one of the judge's two processes, with players, ears and a network of its own, loaded when first used.
import os
import signal
import time

import borders
import distances
import players
import probing
import sound
from compare import compare
from excerpt import REST
from listen import Ears
from voicefile import Failure

# Seconds that ring on after the last key.
RING = 1.0


class Worker:
  """Judges one sound at a time."""
  it = None

  def __init__(self, arguments, heard):
    import torch
    torch.set_num_threads(1)
    self.stage = players.Stage(*arguments)
    self.ears = Ears(heard)
    self.network = None

  @classmethod
  def begin(cls, *arguments):
    """Called in a fresh process."""
    os.nice(10)
    # Ctrl-C is the first process's affair.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cls.it = cls(*arguments)

  def embeddings(self, samples):
    """[patches, 1024], or None where the network's weights were not found."""
    folder = os.environ.get("JUDGE_YAMNET")
    if folder and self.network is None:
      from yamnet import YAMNet
      self.network = YAMNet(folder)
    return self.network(samples, sound.RATE)[0] if self.network else None

  def judge(self, row, score, seconds, ears):
    """One player's sound of one score: its notes as it was played; its distances at the recording's time and level."""
    begun = time.monotonic()
    length = REST + seconds + RING
    reference = self.stage.play(players.REFERENCE, score, length)
    heard = self.stage.play(row, score, length)
    is_new = any(not self.ears.knows(ear, heard) for ear in ears)
    measures = {ear: compare(score, self.ears.listen(ear, heard)) for ear in ears}
    if row.key != players.REFERENCE.key:
      heard, measures["offset"], measures["louder"] = sound.aligned(heard, reference)
      measures.update(log_mel=distances.log_mel(heard, reference), stft=distances.multi_resolution(heard, reference),
                      si_sdr=distances.si_sdr(heard, reference))
    return dict(measures=measures, embeddings=self.embeddings(heard), new=is_new, took=time.monotonic() - begun)

  def borders(self, score, seconds):
    """The contrasts at borders of live blocks, of ours and of the recording, which has none."""
    length = REST + seconds
    block = int(players.LIVE)
    ours = sound.shifted(self.stage.rendered(score, 4, block, length), 0, int(length * sound.RATE))
    return [borders.contrasts(x, block) for x in (ours, self.stage.fluid(self.stage.font, score, length))]


def judge(*work):
  try:
    return Worker.it.judge(*work)
  except Failure as failure:
    return dict(failure=str(failure))


def check_borders(*work):
  return Worker.it.borders(*work)


def probe(*work):
  return probing.measure(Worker.it.stage, *work)
