// TrainedEvents: a predictor of events as its run left it, with its averaged weights and who watched for it.
import Conditioning
import Foundation
import Tensors

public struct TrainedEvents: Sendable {
  public let predictor: EventPredictor, weights: Weights
  /// As `ClipEncoders.json` wrote it.
  public let encoders: JSON
  public let step: Int, path: String

  /// - Throws: `TrainingError` where there is no run, another one, or no checkpoint; an error with a file's path.
  public init(run path: String) throws {
    let (description, checkpoint) = try lastCheckpoint(path, task: "events")
    let c = try EventConfiguration(description["events"] ?? .null)
    guard let encoders = description["encoders"] else {
      throw TrainingError("\(path)/run.json: expected the encoders of a run of events, found none")
    }
    (predictor, weights) = try Weights.make(from: try SafeTensors(path: checkpoint.file("average"))) {
      EventPredictor($0, c)
    }
    (self.encoders, self.path, step) = (encoders, path, checkpoint.step)
  }

  /// What a voice says of it.
  var json: JSON { predictor.configuration.json.with("threshold", JSON(Double(EventPicker().threshold))) }
}
