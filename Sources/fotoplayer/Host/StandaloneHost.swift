// StandaloneHost: keeps the piano on a JACK server: opened, wired, told what was typed, saved, and found again after the
// server has gone. Nothing here is met by the audio thread.
import ArgumentParser
import Foundation
import JACK
import Performer
import Terminal

final class StandaloneHost {
  private let lifeline: Lifeline
  private let wiring: Wiring
  private let path: String
  private let session: NSMSession?
  private let isQuiet: Bool
  private var settings: PianoState
  private var performer: Performer?
  private var piano: StandalonePiano?
  private var rate = 0
  private var toldLatency = -1
  private var lastVoice: VoiceStatus?
  private var console = Console()

  init(
    lifeline: Lifeline, wiring: Wiring, settings: PianoState, path: String, session: NSMSession?, isQuiet: Bool
  ) {
    (self.lifeline, self.wiring, self.settings) = (lifeline, wiring, settings)
    (self.path, self.session, self.isQuiet) = (path, session, isQuiet)
  }

  private func say(_ text: String) { if !isQuiet { Notice.say(text) } }

  /// Finds the server and enters its graph.
  func open(wait: Bool) throws {
    let client = try Notice.open(lifeline, wait: wait) {
      usleep(100_000)
      if let signal = Interruption.signal { throw ExitCode(128 + signal) }
    }
    try enter(client)
    let missing = wiring.missing(client)
    if !missing.isEmpty { say("nothing matches \(missing.joined(separator: ", ")) yet: connected when it appears") }
  }

  /// Goes on until somebody ends it.
  func run() throws {
    defer { leave() }
    console.begin()
    while Interruption.signal == nil {
      let lines = console.read(beside: session?.descriptor ?? -1, milliseconds: 50)
      for line in lines {
        guard try obey(line) else { return try keep() }
        console.prompt()
      }
      if console.hasLeft { return try keep() }
      for wish in session?.look() ?? [] { grant(wish) }
      try watch()
    }
    try keep()
  }

  private func enter(_ client: Client) throws {
    if performer == nil || rate != client.sampleRate {
      performer?.close()
      rate = client.sampleRate
      performer = Performer(
        hostRate: Double(rate), nominalBlock: client.bufferSize, blockFrames: settings.piano.block,
        open: { try VoicePlayer.open($0.voice) })
      performer!.load(voice: try voicePath())
    } else {
      performer!.stage.reset()
    }
    do {
      piano = try StandalonePiano(client, performer: performer!, controls: settings.piano)
      try client.activate()
    } catch { throw Failure("\(error)") }
    toldLatency = -1
    say("\(client.name) is on the server: \(rate) samples a second, \(client.bufferSize) a cycle")
  }

  private func leave() {
    lifeline.close()
    piano = nil
    performer?.close()
    performer = nil
  }

  /// What the server and the voice have come to since the last time.
  private func watch() throws {
    do {
      switch try lifeline.look() {
      case .nothing: break
      case .opened(let client):
        try enter(client)
        say("the JACK server is back")
      case .lost:
        piano = nil
        wiring.forget()
        say("the JACK server has gone: waiting for it")
      case .rate(let now):
        say("the JACK server now runs at \(now) samples a second")
        lifeline.close()
        piano = nil
        wiring.forget()
      }
    } catch let error as JACKError { throw Failure("\(error)") }
    guard let client = lifeline.client, let piano, let performer else { return }
    for (source, destination) in wiring.look(
      client,
      ports: [(piano.input, .midi, .input), (piano.left, .audio, .output), (piano.right, .audio, .output)])
    {
      say("connected \(source) to \(destination)")
    }
    if piano.latency != toldLatency {
      toldLatency = piano.latency
      client.recomputeLatencies()
    }
    if performer.status != lastVoice {
      lastVoice = performer.status
      if performer.status == .failed { Notice.say(performer.message) }
      if performer.status == .ready { say("playing \((try? voicePath()) ?? "")") }
    }
  }

  private func grant(_ wish: NSMSession.Wish) {
    do {
      switch wish {
      case .open: throw Failure("another session needs another process")
      case .save: try settings.write(to: path)
      }
      session?.answer(wish)
    } catch { session?.answer(wish, failure: "\(error)") }
  }

  /// Saves, unless a session manager says when.
  private func keep() throws { if session == nil { try settings.write(to: path) } }

  /// The voice that is set. One that has gone is looked for by its name where voices lie; its path stays in the settings.
  private func voicePath() throws -> String {
    guard let wanted = settings.voice else { return try Files.voicePath(nil) }
    return Files.voicePlaces.find(wanted) ?? wanted
  }

  private func apply(_ changed: PianoState) throws {
    guard changed != settings else { return }
    let hasOtherVoice = changed.voice != settings.voice
    settings = changed
    piano?.set(settings.piano)
    if hasOtherVoice {
      lastVoice = nil
      performer?.load(voice: try voicePath())
    }
    session?.tell(isDirty: true)
    try keep()
  }

  /// Does what a line asks for; false to end.
  private func obey(_ line: String) throws -> Bool {
    let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true).map(String.init)
    guard let command = words.first else { return true }
    let rest = words.dropFirst().joined(separator: " ")
    do {
      switch command {
      case "help", "?": console.answer(Console.help)
      case "quit", "exit": return false
      case "set":
        guard words.count == 3 else { throw Failure("set: expected a name and a value, found \"\(rest)\"") }
        var changed = settings
        try changed.set(words[1], words[2])
        try apply(changed)
      case "load":
        var changed = settings
        changed.apply(try PianoPresets.find(rest))
        try apply(changed)
      case "save":
        if rest.isEmpty {
          try settings.write(to: path)
          console.answer("saved \(path)")
        } else {
          console.answer("saved \(try PianoPresets.save(settings, as: rest))")
        }
      case "presets":
        console.answer((PianoPresets.factory.map(\.name) + PianoPresets.own).joined(separator: "\n"))
      case "voices": console.answer(Files.voices.joined(separator: "\n"))
      case "panic": piano?.silence()
      case "status": console.answer(status)
      default: throw Failure("expected a command, found \(command); 'help' lists them")
      }
    } catch let failure as Failure { console.answer("error: \(failure)") }
    return true
  }

  private var status: String {
    var lines = [("voice", settings.voice ?? (try? Files.voicePath(nil)) ?? "none")]
    if let performer {
      lines.append(("playing", performer.status == .failed ? performer.message : "\(performer.status)"))
    }
    lines += PianoState.controls.map { ($0.name, PianoState.words(settings[$0.name])) }
    if let client = lifeline.client, let piano, let performer {
      let counters = performer.counters
      lines += [
        ("client", client.name), ("rate", "\(client.sampleRate)"), ("buffer", "\(client.bufferSize)"),
        ("latency", String(format: "%d samples, %.1f ms", piano.latency, Double(piano.latency) * 1000 / Double(rate))),
        ("notes", "\(piano.notes)"), ("late blocks", "\(counters.lateBlocks)"),
        ("xruns", "\(lifeline.notices.xruns.load(ordering: .relaxed))"),
        ("busy", String(format: "%.0f %% of real time", 100 * counters.busyShare)),
      ]
      for (title, port) in [("heard from", piano.input), ("left to", piano.left), ("right to", piano.right)] {
        lines.append((title, client.connections(of: port).joined(separator: ", ")))
      }
    } else {
      lines.append(("server", "away"))
    }
    return lines.map { ($0.0 + ":").padding(toLength: 14, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n")
  }
}
