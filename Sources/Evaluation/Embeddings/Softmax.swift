// Softmax: a classifier's outputs as logarithms of probabilities, for the measures that compare distributions.
import Glibc

/// ln pᵢ = xᵢ − ln Σ eˣ of a row.
func logSoftmax(_ row: some Collection<Double>) -> [Double] {
  let largest = row.max() ?? 0
  let sum = row.reduce(0) { $0 + exp($1 - largest) }
  return row.map { $0 - largest - log(sum) }
}
