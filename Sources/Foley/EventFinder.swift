// EventFinder: finds in what was seen of a film when something is to be heard, by the predictor that a voice brings along.
import Conditioning
import Generator
import Performer
import Tensors

public struct EventFinder: Sendable {
  private let predictor: EventPredictor, picker: EventPicker

  /// - Returns: nil where the voice brings none.
  /// - Throws: `FoleyError` where what it brings is none.
  public init?(_ voice: Voice) throws(FoleyError) {
    guard let json = voice.foley?.events else { return nil }
    do {
      let configuration = try EventConfiguration(json)
      guard configuration.features == voice.generator.videoFeatures else {
        throw ConfigurationError(
          "events.features: expected \(voice.generator.videoFeatures), as the voice watches, "
            + "found \(configuration.features)")
      }
      let read = try ConfigurationReader(json, path: "events")
      picker = EventPicker(threshold: Float(try read.number("threshold", in: 0...1)))
      let file = try SafeTensors(path: voice.path, prefix: Voice.events)
      predictor = try Weights.make(from: file) { EventPredictor($0, configuration) }.0
    } catch {
      throw FoleyError("\(voice.path): expected a voice that finds events in films, found: \(error)")
    }
  }

  /// What begins in a film: seconds from its zero, in the middle of a frame of the latents, and 0…1. What would be heard before
  /// the zero is not.
  ///
  public func callAsFunction(_ film: FilmLead) -> [(time: Double, strength: Double)] {
    guard let last = film.times.last, last >= 0 else { return [] }
    // The last picture may be what something begins with.
    let frames = Int((last + 0.04) * 75) + 1
    let said = predictor.answers(frames: frames) {
      ShownFeatures.atLatentRate(film.features, times: film.times, first: $0.lowerBound, frames: $0.count)
    }
    return picker(onset: said.onset, strength: said.strength).map {
      ((Double($0.frame) + 0.5) / 75, Double($0.strength))
    }
  }
}
