# The Fréchet distance of two clouds of points, each taken for a Gaussian.
# ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁Σ₂)^½). No matrix root is taken: with Σ = AᵀA the last trace is the sum of the singular
# values of A₁A₂ᵀ, which is exact and has no trouble with fewer points than dimensions.
import numpy


def frechet(one, other):
  """The distance of two sets of embeddings, [points, dimensions] each, at least two points."""
  one, other = numpy.asarray(one, float), numpy.asarray(other, float)
  means = [x.mean(axis=0) for x in (one, other)]
  roots = [(x - m) / numpy.sqrt(len(x) - 1) for x, m in zip((one, other), means)]
  # Many points: the triangle of A = QR has the same AᵀA.
  roots = [r if r.shape[0] <= r.shape[1] else numpy.linalg.qr(r, mode="r") for r in roots]
  common = numpy.linalg.svd(roots[0] @ roots[1].T, compute_uv=False).sum()
  return float(max(0.0, numpy.sum((means[0] - means[1]) ** 2) + sum(numpy.sum(r * r) for r in roots) - 2 * common))
