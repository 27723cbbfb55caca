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
        lv2-perform build/fotoplayer.lv2 --patch-score presets/demo/demo.mid --output demo.wav --freewheel
        lv2-perform build/fotoplayer.lv2 --patch-score song.mid --loop 4:8 --seconds 30 --output loop.wav --freewheel
        lv2-perform build/fotoplayer.lv2 --plugin urn:fotoplayer:foley --text prompt="footsteps on gravel" \\
          --path film=clip.safetensors --seconds 10 --output steps.wav --freewheel
        lv2-perform /usr/lib/lv2/mda.lv2 --plugin http://drobilla.net/plugins/mda/Piano \\
          --score presets/demo/demo.mid --output mda.wav --freewheel
      """)

  @Argument(help: "The bundle's folder.") var bundle: String
  @Option(help: "The score, a Standard MIDI File, which is played into the instrument.") var score: String?
  @Option(help: "A MIDI file that the instrument itself performs along with the transport.") var patchScore: String?
  @Option(help: "Where the transport starts, in seconds.") var from = 0.0
  @Option(help: "A loop of the transport, FROM:TO in seconds.") var loop: String?
  @Option(help: "How fast the transport rolls; 1 is as written.") var speed: Float = 1
  @Option(help: "After how long all stops; by default at the end of the scores.") var seconds: Double?
  @Option(name: .shortAndLong, help: "The sound file: .wav or .flac.") var output: String
  @Option(help: "The plugin's URI, where the bundle has several. By default its first.") var plugin: String?
  @Option(help: "Samples a second.") var rate = 48000
  @Option(help: "Samples a cycle.") var buffer = 256
  @Option(help: "A control port and its value, for instance steps=8. May be repeated.") var set: [String] = []
  @Option(help: "A property of the plugin and a path, for instance voice=mine.safetensors. May be repeated.")
  var path: [String] = []
  @Option(help: "A property of the plugin and a text, for instance prompt=rain. May be repeated.")
  var text: [String] = []
  @Option(help: "A state to begin with, as --save-state writes it.") var state: String?
  @Option(help: "Save the state at the end, as hosts do: jalv -l FOLDER reads FOLDER/state.ttl.") var saveState: String?
  @Flag(help: "As fast as possible; else at the pace of the music.") var freewheel = false

  func validate() throws {
    guard 8000...192_000 ~= rate else { throw ValidationError("--rate \(rate): expected 8000…192000") }
    guard score != nil || patchScore != nil || seconds != nil else {
      throw ValidationError("expected --score, --patch-score, or --seconds")
    }
    guard 0...86_400 ~= from else { throw ValidationError("--from \(from): expected 0…86400") }
    guard speed.isFinite, 0.01...100 ~= speed else { throw ValidationError("--speed \(speed): expected 0.01…100") }
    guard seconds.map({ 0.001...86_400 ~= $0 }) ?? true else {
      throw ValidationError("--seconds \(seconds ?? 0): expected 0.001…86400")
    }
    if let loop, loopSeconds == nil { throw ValidationError("--loop \(loop): expected FROM:TO, for instance 4:8.5") }
    guard 1...8192 ~= buffer else { throw ValidationError("--buffer \(buffer): expected 1…8192") }
  }

  func run() throws {
    let played = try score.map { try read($0) } ?? Score()
    let performed = try patchScore.map { try read($0) } ?? Score()
    let host = try LV2Host(LV2Bundle(bundle, plugin: plugin), sampleRate: rate, bufferSize: buffer)
    try prepare(host)
    if let patchScore {
      host.set("\(host.bundle.uri)#score", toPath: URL(fileURLWithPath: patchScore).path)
      // Freewheeling it is there when the cycle ends.
      host["freewheel"] = 1
      host.run(0)
    }
    let length = seconds ?? max(0, performed.duration - from) / Double(speed)
    let writer = try AudioFileWriter(output, sampleRate: rate, channels: host.outputs.count)
    var bar = ProgressBar(total: 1000, unit: "‰")
    Interruption.listen()
    let report = try host.perform(
      seconds.map { stopped(played, at: $0) } ?? played, seconds: length, transport: transport,
      freewheeling: freewheel
    ) { samples, done in
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
      \(output): \(host.bundle.name), \(played.notes.count + performed.notes.count) notes, \(format(report.audioSeconds)) s
      real-time factor  \(format(report.realTimeFactor))
      reported latency  \(report.latency) samples, \(format(Double(report.latency) * 1000 / Double(rate))) ms
      late blocks       \(report.lateBlocks)
      peak              \(format(20 * log10(Double(report.peak)))) dB
      peak memory       \(format(peakMemory)) MB
      """)
  }

  private func read(_ path: String) throws -> Score {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw Failure("\(path): cannot be read; expected a MIDI file")
    }
    do { return try Score(midi: Array(bytes)) } catch { throw Failure("\(path): \(error)") }
  }

  /// The score as far as a time, at which hands and feet let go.
  private func stopped(_ score: Score, at end: Double) -> Score {
    var cut = score.slice(from: 0, to: end)
    for kind in [Pedal.Kind.sustain, .sostenuto, .soft]
    where cut.pedals.last(where: { $0.kind == kind })?.value ?? 0 > 0 {
      cut.pedals.append(Pedal(kind: kind, value: 0, time: end))
    }
    return cut
  }

  /// The loop's two times.
  private var loopSeconds: (from: Double, to: Double)? {
    let times = loop?.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) } ?? []
    guard times.count == 2, let from = times[0], let to = times[1], from >= 0, to - from >= 0.01, to <= 86_400 else {
      return nil
    }
    return (from, to)
  }

  /// Hosts without a transport to follow are told of none.
  private var transport: TransportPlan? {
    let hasFilm = path.contains { $0.hasPrefix("film=") }
    guard patchScore != nil || hasFilm || from > 0 || loop != nil || speed != 1 else { return nil }
    func frame(_ seconds: Double) -> Int64 { Int64((seconds * Double(rate)).rounded()) }
    return TransportPlan(
      start: frame(from), speed: speed, loop: loopSeconds.map { frame($0.from)..<frame($0.to) },
      stop: seconds.map { Int(frame($0)) })
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
    for assignment in text {
      let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw Failure("--text \(assignment): expected property=text") }
      host.set("\(host.bundle.uri)#\(parts[0])", toText: parts[1])
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
