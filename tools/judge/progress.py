# A line for every step that is done, and how long the rest will take.


class Progress:
  """Counts to `total`. The time left is that of `workers` at the pace of the steps that had work to do."""

  def __init__(self, total, workers):
    self.total, self.workers, self.done = total, workers, 0
    self.spent = []

  def line(self, text, took=None):
    """Says that a step is done; `took` are its seconds, None where it was known before."""
    self.done += 1
    if took is not None:
      self.spent.append(took)
    left = self.total - self.done
    rest = f"   about {duration(left * sum(self.spent) / len(self.spent) / self.workers)} left" if self.spent and left else ""
    print(f"[{self.done:>3}/{self.total}] {text}{rest}", flush=True)


def duration(seconds):
  """Seconds for people."""
  return f"{seconds / 3600:.1f} h" if seconds > 5400 else f"{seconds / 60:.0f} min" if seconds > 90 else f"{seconds:.0f} s"
