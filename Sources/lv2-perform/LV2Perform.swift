// lv2-perform: a score through an LV2 bundle, as any host would load it, into a sound file.
import ArgumentParser
import Foundation
import Hosting
import Media
import Score
import Terminal

@main struct LV2Perform: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lv2-perform", abstract: "Perform a MIDI file with an LV2 instrument into a sound file.",
    discussion: """
      Examples:
        lv2-perform build/fotoplayer.lv2 --score presets/demo/demo.mid --output demo.wav --freewheel --set steps=8
        lv2-perform /usr/lib/lv2/mda.lv2 --plugin http://drobilla.net/plugins/mda/Piano \\
          --score presets/demo/demo.mid --output mda.wav --freewheel
      """)

  @Argument(help: "The bundle's folder.") var bundle: String
  @Option(help: "The score, a Standard MIDI File.") var score: String
  @Option(name: .shortAndLong, help: "The sound file: .wav or .flac.") var output: String
  @Option(help: "The plugin's URI, where the bundle has several. By default its first.") var plugin: String?
  @Option(help: "Samples a second.") var rate = 48000
  @Option(help: "Samples a cycle.") var buffer = 256
  @Option(help: "A control port and its value, for instance steps=8. May be repeated.") var set: [String] = []
  @Option(help: "A property of the plugin and a path, for instance voice=mine.safetensors. May be repeated.")
  var path: [String] = []
  @Option(help: "A state to begin with, as --save-state writes it.") var state: String?
  @Option(help: "Save the state at the end, as hosts do: jalv -l FOLDER reads FOLDER/state.ttl.") var saveState: String?
  @Flag(help: "As fast as possible; else at the pace of the music.") var freewheel = false

  func validate() throws {
    guard 8000...192_000 ~= rate else { throw ValidationError("--rate \(rate): expected 8000…192000") }
    guard 1...8192 ~= buffer else { throw ValidationError("--buffer \(buffer): expected 1…8192") }
  }

  func run() throws {
    guard let bytes = FileManager.default.contents(atPath: score) else {
      throw Failure("\(score): cannot be read; expected a MIDI file")
    }
    let performance: Score
    do { performance = try Score(midi: Array(bytes)) } catch { throw Failure("\(score): \(error)") }
    let host = try LV2Host(LV2Bundle(bundle, plugin: plugin), sampleRate: rate, bufferSize: buffer)
    try prepare(host)
    let writer = try AudioFileWriter(output, sampleRate: rate, channels: host.outputs.count)
    var bar = ProgressBar(total: 1000, unit: "‰")
    Interruption.listen()
    let report = try host.perform(performance, freewheeling: freewheel) { samples, done in
      if let signal = Interruption.signal { throw ExitCode(128 + signal) }
      try writer.write(samples)
      bar.show(Int(done * 1000))
    }
    try writer.close()
    bar.finish()
    if let saveState { try host.saveState(to: saveState) }
    guard report.peak > 0 else { throw Failure("\(bundle): nothing was heard; is its voice there?") }
    print(
      """
      \(output): \(host.bundle.name), \(performance.notes.count) notes, \(format(report.audioSeconds)) s
      real-time factor  \(format(report.realTimeFactor))
      reported latency  \(report.latency) samples, \(format(Double(report.latency) * 1000 / Double(rate))) ms
      late blocks       \(report.lateBlocks)
      peak              \(format(20 * log10(Double(report.peak)))) dB
      peak memory       \(format(peakMemory)) MB
      """)
  }

  /// The state, then what was set beside it.
  private func prepare(_ host: LV2Host) throws {
    if let state { try host.restoreState(from: state) }
    for assignment in set {
      let parts = assignment.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let value = Float(parts[1]) else {
        throw Failure("--set \(assignment): expected symbol=number")
      }
      try host.set(String(parts[0]), to: value)
    }
    for assignment in path {
      let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw Failure("--path \(assignment): expected property=path") }
      host.set("\(host.bundle.uri)#\(parts[0])", toPath: URL(fileURLWithPath: parts[1]).path)
    }
  }

  private func format(_ value: Double) -> String { String(format: "%.3g", value) }

  /// The most memory that the process ever had, in megabytes.
  private var peakMemory: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
  }
}

/// Something that cannot be done, in words.
struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
