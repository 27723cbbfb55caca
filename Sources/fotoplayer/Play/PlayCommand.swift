// `play`: a score, or what is seen in a film, as JACK MIDI, at its own pace or with JACK's transport.
import ArgumentParser
import Foundation
import JACK
import Score
import Terminal

struct PlayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play", abstract: "Play a MIDI file, or a film of a pianist, to an instrument under JACK.",
    discussion: """
      Examples:
        fotoplayer play song.mid --connect fotoplayer
        fotoplayer play song.mid --connect 'a2j:*' --channel 3 --loop 0:30..1:00
        fotoplayer play song.mid --connect fotoplayer --transport
        fotoplayer play song.mid --connect fotoplayer --transport --master --roll
        fotoplayer play clip.mp4 --connect fotoplayer --transport

      A pattern is a port's full name, with * ? and [ ] if need be, or a client's name
      for all its ports. Without --transport it plays once, and ends. With it, it
      follows JACK's transport until it is interrupted: wherever that goes, notes that
      are held there are struck and pedals set before it rolls on. Whenever it stops or
      ends, keys and pedals come up. When the server goes, it waits, and goes on when
      the server is back.

      A film is read first, as fotoplayer roll reads it, and then played from memory at
      its own times: a video player that follows JACK's transport (xjadeo) shows the
      film in step.
      """)

  @Argument(help: "The score, a Standard MIDI File; or a film of a pianist.") var file: String
  @Option(help: "With a film: play this MIDI file, a corrected score of it; the film is not read.") var score: String?
  @Option(help: "With a film: keep the score that was read, a MIDI file.") var midi: String?
  @OptionGroup var films: FilmOptions
  @Option(help: "A port, or a pattern of ports, to play to. May be repeated.") var connect: [String] = []
  @Flag(help: "Play where JACK's transport is, when it rolls.") var transport = false
  @Flag(help: "With --transport: tell bars, beats and tempo of the file to everybody.") var master = false
  @Flag(help: "With --transport: start it when all is connected, and stop it 3 s after the end.") var roll = false
  @Option(help: "Play from here to there, again and again: 0:30..1:00. A transport is sent back after its cycle.")
  var loop: MomentRange?
  @OptionGroup var part: PartOptions
  @Option(help: "The MIDI channel, 1…16.") var channel = 1
  @Option(help: "The client's name.") var name = "fotoplayer-score"
  @Option(help: "The JACK server's name. By default the usual one.") var server: String?
  @Flag(help: "Wait for a JACK server, and for ports, that are not there yet.") var wait = false
  @Flag(help: "Say nothing but errors.") var quiet = false

  func validate() throws {
    guard 1...16 ~= channel else { throw ValidationError("--channel \(channel): expected 1…16") }
    if loop != nil, part.to != nil { throw ValidationError("--to and --loop: a loop has no end; give one of them") }
    guard transport || !(master || roll) else { throw ValidationError("--master and --roll need --transport") }
  }

  func run() throws {
    let (score, tempo) = try opened()
    let (from, to) = (part.from, part.to)
    if let from, from.seconds >= score.duration, from.seconds > 0 {
      throw Failure("\(self.score ?? file): --from \(from.seconds) s lies behind its end at \(score.duration) s")
    }
    Interruption.listen()
    signal(SIGPIPE, SIG_IGN)
    let show = ScoreShow(
      lifeline: Lifeline(name: name, server: server), wiring: Wiring([(.midi, .output, connect)]), score: score,
      tempo: tempo, isQuiet: quiet)
    show.isWaiting = wait
    show.isRolledBy = roll
    show.plan = { rate in
      func frame(_ seconds: Double) -> Int64 { Int64((seconds * rate).rounded()) }
      var plan = PlayerPlan()
      (plan.follows, plan.isMaster, plan.channel) = (transport, master, UInt8(channel - 1))
      plan.start = frame(from?.seconds ?? loop?.from.seconds ?? 0)
      if let loop {
        (plan.loopStart, plan.end) = (frame(loop.from.seconds), frame(loop.to.seconds))
      } else if let to {
        plan.end = frame(to.seconds)
      } else if !transport {
        // The last event itself is played, too.
        plan.end = frame(score.duration) + 2
      }
      return plan
    }
    try show.run()
  }

  /// The score that was given, or the one that is seen.
  private func opened() throws -> (score: Score, tempo: TempoMap) {
    if let score { return try Files.scoreAndTempo(score) }
    let clip = ViewedFilm(file)
    guard try Files.kind(clip.path) == .other else {
      guard !films.isGiven, midi == nil else {
        throw Failure(
          "\(file): expected a film, with --views, --keyboard, --predictor or --midi, found a score or a voice")
      }
      return try Files.scoreAndTempo(file)
    }
    if !wait { try Notice.expectServer(server) }
    // A transport goes where it likes.
    let range =
      transport
      ? nil : loop.map { min(part.from?.seconds ?? $0.from.seconds, $0.from.seconds)..<$0.to.seconds } ?? part.range
    let seeing = try Seeing(clip, films, range: range, predictor: Files.predictor(films.predictor))
    let result = try seeing.watch(range, isQuiet: quiet)
    if let midi { try Files.write(result.midi, to: midi) }
    if !quiet {
      for notice in seeing.notices + result.roll.notices { Notice.say(notice) }
      print(RollReport(seeing, result).words(file))
    }
    return (try Score(midi: result.midi), TempoMap())
  }
}

/// From one place in time to another, with two dots between them.
package struct MomentRange: ExpressibleByArgument {
  package let from: Moment, to: Moment

  package init?(argument: String) {
    guard let dots = argument.range(of: ".."), let from = Moment(argument: String(argument[..<dots.lowerBound])),
      let to = Moment(argument: String(argument[dots.upperBound...])), to.seconds - from.seconds >= 0.01
    else { return nil }
    (self.from, self.to) = (from, to)
  }
}
