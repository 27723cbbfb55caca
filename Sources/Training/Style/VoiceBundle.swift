// VoiceBundle: a voice where hosts look: an LV2 bundle of its own with one preset in it, which chooses the voice.
// It lies beside the plugin's bundle, not in it, so that a newer plugin can be installed without taking voices away.
import Foundation
import Tensors

/// Installs voices for the plugin.
public enum VoiceBundle {
  /// Where this user's bundles are: the first folder of LV2_PATH, or ~/.lv2.
  public static var place: String {
    let environment = ProcessInfo.processInfo.environment
    let first = environment["LV2_PATH"]?.split(separator: ":").first.map(String.init)
    return first ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.lv2"
  }

  /// Copies a voice, and writes the preset.
  ///
  /// - Parameters:
  ///   - voice: a voice's file.
  ///   - name: the preset's name for people.
  ///   - place: the folder of bundles.
  /// - Returns: the path of the installed voice. One of the same name is replaced.
  public static func install(_ voice: String, name: String, in place: String) throws -> String {
    let word = word(name)
    let bundle = "\(place)/fotoplayer-\(word).preset.lv2"
    let path = "\(bundle)/\(word).safetensors"
    guard let bytes = FileManager.default.contents(atPath: voice) else { throw TrainingError("\(voice): cannot read") }
    do { try FileManager.default.createDirectory(atPath: bundle, withIntermediateDirectories: true) } catch {
      throw TrainingError("\(bundle): cannot make the bundle: \(error.localizedDescription)")
    }
    func write(_ bytes: [UInt8], to path: String) throws {
      var file = try FileReplacement(path: path)
      try file.write(bytes)
      try file.commit()
    }
    try write(Array(bytes), to: path)
    try write(Array(manifest(word: word, name: name).utf8), to: bundle + "/manifest.ttl")
    return path
  }

  private static func manifest(word: String, name: String) -> String {
    let label = name.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
      .replacingOccurrences(of: "\n", with: " ")
    return """
      # A voice for Fotoplayer Piano, as a preset: choosing it loads the file beside this one.
      @prefix lv2:   <http://lv2plug.in/ns/lv2core#> .
      @prefix pset:  <http://lv2plug.in/ns/ext/presets#> .
      @prefix rdfs:  <http://www.w3.org/2000/01/rdf-schema#> .
      @prefix state: <http://lv2plug.in/ns/ext/state#> .

      <urn:fotoplayer:voice:\(word)>
        a pset:Preset ;
        lv2:appliesTo <urn:fotoplayer:piano> ;
        rdfs:label "\(label)" ;
        state:state [
          <urn:fotoplayer:piano#version> 1 ;
          <urn:fotoplayer:piano#voice> <\(word).safetensors>
        ] .

      """
  }

  /// A name as a part of a path: small letters, digits and hyphens.
  static func word(_ name: String) -> String {
    let letters = name.lowercased().unicodeScalars.map { scalar -> Character in
      ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "-"
    }
    let parts = String(letters).split(separator: "-")
    return parts.isEmpty ? "voice" : parts.joined(separator: "-")
  }
}
