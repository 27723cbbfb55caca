# Tables in Markdown.


def cell(value, digits=None):
  """A number with so many decimals, or with three significant digits; a dash where there is none."""
  return "–" if value is None else f"{value:.3g}" if digits is None else f"{value:.{digits}f}"


def table(head, lines):
  return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
                   + ["| " + " | ".join(line) + " |" for line in lines]) + "\n"
