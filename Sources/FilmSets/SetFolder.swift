// SetFolder: a folder that fills with clips, one folder each, by one recipe. A clip grows in a hidden folder and gets its name
// when it is whole, so that work which was stopped goes on.
import Foundation
import Tensors
import Training

/// Where the clips of a set are, and where they grow.
struct SetFolder: Sendable {
  let folder: URL

  func place(_ index: Int) -> URL {
    folder.appendingPathComponent("clip-" + String(100_000 + index + 1).dropFirst())
  }
  func growing(_ index: Int) -> URL { folder.appendingPathComponent("." + place(index).lastPathComponent) }
  func isWhole(_ index: Int) -> Bool { FileManager.default.fileExists(atPath: place(index).path) }

  /// A clip is whole.
  func complete(_ index: Int) throws { try FileManager.default.moveItem(at: growing(index), to: place(index)) }

  /// The folder holds this recipe, or none yet.
  func begin(_ recipe: some Codable & Equatable) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    guard let data = FileManager.default.contents(atPath: PianoManifest.path(in: folder)) else {
      return try PianoManifest.write(recipe, in: folder)
    }
    let found = try? JSONDecoder().decode(type(of: recipe), from: data)
    guard found == recipe else {
      throw DataError(
        "\(folder.path) holds another set; choose another folder.\n  \(found.map { "\($0)" } ?? "")\n  \(recipe)")
    }
  }
}

/// Writes what is known of a clip, for people and programs.
func writeDescription(_ description: some Encodable, to path: String) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  var file = try FileReplacement(path: path)
  try file.write(Array(try encoder.encode(description)))
  try file.commit()
}
