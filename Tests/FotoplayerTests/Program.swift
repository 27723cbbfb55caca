// Program: the command lines as processes of their own, in a folder and a home of the test's own.
import Film
import Foundation
import Media
import Pictures
import Score
import Testing

/// How a process ended.
struct Outcome {
  let status: Int32
  let output: String, errors: String
}

/// A folder, removed when its owner goes, and programs that run in it.
final class Workplace {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "fotoplayer-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The names of what lies in the folder.
  var files: Set<String> { Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []) }

  func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")) }

  func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }

  /// Starts a program that lies beside the tests.
  func start(
    _ program: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (process: Process, output: Pipe, errors: Pipe) {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let places = ([tests] + CommandLine.arguments).map { ($0 as NSString).deletingLastPathComponent + "/" + program }
    let process = Process()
    process.executableURL = URL(
      fileURLWithPath: try #require(places.first { FileManager.default.isExecutableFile(atPath: $0) }))
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    process.environment = ["PATH": path, "HOME": self.path].merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return (process, output, errors)
  }

  /// Runs a program to its end.
  func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
    let (process, output, errors) = try start(program, arguments, environment: environment)
    let said = [output, errors].map { String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: said[0], errors: said[1])
  }

  /// Writes what shows no piano: `wall.mp4`, by a telephone held upright, `sound.wav`, `text.mp4` and `empty.mp4`.
  func filmsOfNothing() throws {
    let wall = try FilmWriter(path + "/wall.mp4", width: 320, height: 180, frameRate: 25, rotation: 90)
    for shade in 0..<20 { try wall.write(Picture(width: 320, height: 180, colours: .grey, shade: UInt8(90 + shade))) }
    try wall.close()
    try AudioFileWriter.write([Float](repeating: 0.1, count: 8000), to: path + "/sound.wav", sampleRate: 8000)
    try write("a text".utf8, to: "text.mp4")
    try write([], to: "empty.mp4")
  }

  /// Writes a score of so many notes, one a quarter of a second.
  func score(_ name: String, notes: Int) throws {
    let notes = (0..<notes).map { index in
      let start = Double(index) / 4
      return Note(key: UInt8(48 + index * 7 % 24), velocity: 90, start: start, end: start + 0.25)
    }
    try write(Score(notes: notes).midi(), to: name)
  }
}
