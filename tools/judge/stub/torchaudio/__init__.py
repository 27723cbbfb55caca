# The one function of torchaudio that the transcriber calls, without torchaudio.
# Its values do not matter: the transcriber's checkpoint overwrites the table that is made of them.
import torch


class functional:
  """Stands for the module of this name."""

  @staticmethod
  def melscale_fbanks(n_freqs, f_min, f_max, n_mels, sample_rate, norm=None, mel_scale="htk"):
    """A table of the right shape, [frequencies, mel bands], holding zeros."""
    return torch.zeros(n_freqs, n_mels)
