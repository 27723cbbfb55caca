#!/usr/bin/env python3
"""classifier.json: what scikit-learn's LogisticRegression makes of small clouds. pip install scikit-learn==1.9.1; then run this."""
import json
import os

import numpy
from sklearn.linear_model import LogisticRegression

random = numpy.random.default_rng(5)
cases = []
for width, one, other, decay in ((1, 8, 8, 0.01), (3, 20, 7, 0.1), (12, 9, 11, 0.01), (40, 15, 15, 0.001)):
  left = random.normal(0.4, 1, (one, width)) * random.uniform(0.1, 20, width)
  right = random.normal(-0.4, 1.5, (other, width)) * random.uniform(0.1, 20, width)
  # A number that tells nothing has no deviation to divide by.
  if width == 12:
    left[:, 4] = right[:, 4] = 2.5
  points = numpy.round(numpy.concatenate([left, right]), 6)
  deviation = points.std(0)
  scaled = (points - points.mean(0)) / numpy.where(deviation > 0, deviation, 1)
  found = LogisticRegression(C=1 / (decay * len(points)), tol=1e-12, max_iter=100000).fit(
    scaled, [1] * one + [0] * other)
  cases.append({
    "width": width, "decay": decay, "one": points[:one].ravel().tolist(), "other": points[one:].ravel().tolist(),
    "probabilities": found.predict_proba(scaled)[:, 1].tolist()})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "classifier.json"), "w") as file:
  json.dump(cases, file)
  file.write("\n")
