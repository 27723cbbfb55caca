// MonoSound: a sound file of anybody's as one channel at the rate that is wanted.
import Media
import Resampling

package enum MonoSound {
  /// The mean of the channels, ±1, resampled; what is no number counts as silence.
  ///
  /// - Throws: `DataError` with the path, when the file cannot be read, is empty or has an unheard-of rate.
  package static func samples(_ path: String, rate: Int) throws -> [Float] {
    let reader: AudioFileReader
    do { reader = try AudioFileReader(path) } catch { throw DataError("\(error)") }
    guard StreamingResampler.supports(from: reader.sampleRate, to: rate) else {
      throw DataError("\(path): expected a rate near \(rate) Hz, found \(reader.sampleRate) Hz")
    }
    let channels = reader.channels
    let interleaved = reader.readAll()
    guard interleaved.count >= channels else { throw DataError("\(path): expected a recording, found no samples") }
    let mono = stride(from: 0, to: interleaved.count, by: channels).map { first in
      interleaved[first..<first + channels].reduce(0, +) / Float(channels)
    }
    return resample(mono, from: reader.sampleRate, to: rate).map { $0.isFinite ? $0 : 0 }
  }
}
