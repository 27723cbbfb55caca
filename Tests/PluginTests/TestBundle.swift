// TestBundle: a bundle in a folder of its own, assembled as `make bundle` does, from the library just built.
// With the instrument of clicks, or with the real one.
import Foundation
import Hosting
import Score
import Synchronization

/// A folder that is removed when the tests are over: hosts may read from it at any time.
struct TestBundle {
  enum Library: String {
    case clicks = "libClickPiano.so"
    case piano = "libFotoplayerPlugin.so"
  }

  let folder: String
  /// Of the voice that the bundle brings along.
  let voicePath: String

  /// - Parameter voice: what stands in the bundle's own voice file; nil leaves it out.
  init(_ library: Library = .clicks, voice: String? = "CLICK 1") throws {
    var template = Array("/tmp/fotoplayer-bundle-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure("no folder in /tmp") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    voicePath = folder + "/voices/piano.safetensors"
    let root = String(#filePath.split(separator: "/").dropLast(3).joined(separator: "/"))
    for name in ["manifest.ttl", "fotoplayer.ttl", "foley.ttl", "presets.ttl", "foley-presets.ttl"] {
      guard symlink("/\(root)/bundles/\(name)", "\(folder)/\(name)") == 0 else { throw Failure("no \(name)") }
    }
    guard symlink(Self.products + "/" + library.rawValue, folder + "/fotoplayer.so") == 0 else {
      throw Failure("no \(library.rawValue)")
    }
    mkdir(folder + "/voices", 0o755)
    TestBundle.folders.withLock { folders in
      if folders.isEmpty { atexit { TestBundle.removeAll() } }
      folders.append(folder)
    }
    if let voice { try write(voice, to: voicePath) }
  }

  /// Writes another file into the bundle's folder of voices.
  @discardableResult
  func add(_ name: String, _ text: String) throws -> String {
    try write(text, to: "\(folder)/voices/\(name)")
    return "\(folder)/voices/\(name)"
  }

  /// Has a voice of the repository as its own.
  func link(voice name: String) throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    guard symlink("\(root)/presets/\(name)", voicePath) == 0 else { throw Failure("no link to \(name)") }
  }

  private func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else { throw Failure("no file \(path)") }
    fputs(text, file)
    fclose(file)
  }

  private static let folders = Mutex<[String]>([])

  private static func removeAll() {
    for folder in folders.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: folder) }
  }

  /// A host with the bundle in it.
  func host(
    sampleRate: Int = 48_000, bufferSize: Int = 256, plugin: String? = nil, offering: [String] = []
  ) throws -> LV2Host {
    try LV2Host(
      try LV2Bundle(folder, plugin: plugin), sampleRate: sampleRate, bufferSize: bufferSize, offering: offering)
  }

  /// Where the libraries lie: beside the tests' own executable.
  static let products: String = {
    var path = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &path, path.count)
    let executable = String(decoding: path[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "/" + executable.split(separator: "/").dropLast().joined(separator: "/")
  }()
}

struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension LV2Host {
  /// Runs cycles, freewheeling, and gathers the left channel. `events` are at absolute samples.
  func render(_ count: Int, events: [(sample: Int, midi: [UInt8])] = []) -> [Float] {
    self["freewheel"] = 1
    var sound: [Float] = []
    var rest = events[...]
    while sound.count < count {
      while let first = rest.first, first.sample < sound.count + bufferSize {
        send(midi: first.midi, time: Int64(first.sample - sound.count))
        rest.removeFirst()
      }
      run(bufferSize)
      sound += outputs[0]
    }
    return Array(sound[..<count])
  }

  /// What the plugin says about a property, in this cycle or the next few.
  func property(_ name: String) -> String? {
    get(name)
    for _ in 0..<10 {
      for event in run(bufferSize) {
        if let text = text(name, in: event) { return text }
      }
    }
    return nil
  }
}

let voiceURI = "urn:fotoplayer:piano#voice"
let statusURI = "urn:fotoplayer:piano#status"
