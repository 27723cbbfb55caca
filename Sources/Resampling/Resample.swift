// resample: a whole recording at once.

extension StreamingResampler {
  /// Whether `init` accepts the rates: above zero and at most 256 apart by ratio.
  public static func supports(from: Int, to: Int) -> Bool {
    from > 0 && to > 0 && from <= 1 << 24 && to <= 1 << 24 && from <= 256 * to && to <= 256 * from
  }
}

/// One channel at another rate: `⌈count · to / from⌉` samples, the first at the time of the input's first.
///
/// - Precondition: `StreamingResampler.supports(from:to:)`.
public func resample(_ samples: [Float], from: Int, to: Int) -> [Float] {
  guard from != to else { return samples }
  let resampler = StreamingResampler(from: from, to: to, chunk: 1024)
  let wanted = (samples.count * to + from - 1) / from
  var output: [Float] = []
  output.reserveCapacity(wanted + 2 * resampler.maximumOutput + resampler.delay)
  var piece = [Float](repeating: 0, count: resampler.maximumOutput)
  var last = [Float](repeating: 0, count: resampler.chunk)
  var position = 0
  while output.count < wanted + resampler.delay {
    let left = max(0, min(resampler.chunk, samples.count - position))
    let count = samples.withUnsafeBufferPointer { samples in
      if left == resampler.chunk { return resampler.process(samples.baseAddress! + position, into: &piece) }
      for index in last.indices { last[index] = index < left ? samples[position + index] : 0 }
      return resampler.process(last, into: &piece)
    }
    output.append(contentsOf: piece[..<count])
    position += resampler.chunk
  }
  return Array(output[resampler.delay..<resampler.delay + wanted])
}
