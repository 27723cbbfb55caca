// PairedEmbeddings: embeddings of sounds and of what they belong to, made by a network that is not ours: CLAP's of sounds and
// captions, Wav2CLIP's and CLIP's of sounds and pictures.
import Evaluation
import Tensors

/// A safetensors file with two tensors [clips, width], row by row of the same clips: `sounds`, and `captions` or `pictures`.
public enum PairedEmbeddings {
  public enum Partner: String, Sendable {
    case captions, pictures
  }

  /// The CLAP score beside captions: the mean cosine. The CLIP score beside pictures: a hundred times that, at least 0.
  ///
  /// - Throws: `DataError` with the path, when the file is not there or holds something else.
  public static func measure(_ path: String, beside partner: Partner) throws -> SoundMeasure {
    let file: SafeTensors
    do { file = try SafeTensors(path: path) } catch { throw DataError("\(error)") }
    func rows(_ name: String) throws -> Embeddings {
      guard let shape = file.shape(name), shape.count == 2, shape[1] > 0 else {
        let found = file.shape(name).map { "\($0)" } ?? "no such tensor"
        throw DataError("\(path): \(name): expected rows, [clips, width], found \(found)")
      }
      var rows = Embeddings(width: shape[1])
      do { rows.append(try file.tensor(name).array) } catch { throw DataError("\(path): \(error)") }
      return rows
    }
    let (sounds, others) = (try rows("sounds"), try rows(partner.rawValue))
    let name = partner == .captions ? "CLAP score" : "CLIP score"
    return .taken(name, count: sounds.count, note: "cosines of \(sounds.width) dimensions beside \(partner.rawValue)") {
      let score = try CosineScore(sounds, others)
      return (partner == .captions ? score.mean : score.hundredfold, nil)
    }
  }
}
