// FoleyReport: what was made of a prompt and a film, for people in a line, for programs as JSON.
import Foundation

struct FoleyReport: Encodable {
  let output: String, voice: String
  let film: String?, prompt: String?
  /// Words that the voice never heard.
  let unknown: [String]
  let seed: UInt64, steps: Int, guidance: Float
  /// Seconds of the film, or of the sound.
  let from: Double, to: Double
  let pictures: Int, events: Int
  /// dB of full scale.
  let peak: Float

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: (try? encoder.encode(self)) ?? Data(), as: UTF8.self)
  }

  var words: String {
    let lead = [
      prompt.map { "\"\($0)\"" }, film.map { _ in "\(pictures) pictures" }, events > 0 ? "\(events) events" : nil,
    ]
    return "\(output): \(String(format: "%.1f", to - from)) s of \(voice), led by "
      + lead.compactMap(\.self).joined(separator: ", ") + ", peak \(String(format: "%.1f", peak)) dB"
  }
}
