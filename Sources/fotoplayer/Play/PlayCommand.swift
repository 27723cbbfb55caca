// `play`: a score as JACK MIDI, at its own pace or with JACK's transport.
import ArgumentParser
import Foundation
import JACK
import Score
import Terminal

struct PlayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play", abstract: "Play a MIDI file to an instrument under JACK.",
    discussion: """
      Examples:
        fotoplayer play song.mid --connect fotoplayer
        fotoplayer play song.mid --connect 'a2j:*' --channel 3 --loop 0:30..1:00
        fotoplayer play song.mid --connect fotoplayer --transport
        fotoplayer play song.mid --connect fotoplayer --transport --master --roll

      A pattern is a port's full name, with * ? and [ ] if need be, or a client's name
      for all its ports. Without --transport it plays once, and ends. With it, it
      follows JACK's transport until it is interrupted: wherever that goes, notes that
      are held there are struck and pedals set before it rolls on. Whenever it stops or
      ends, keys and pedals come up. When the server goes, it waits, and goes on when
      the server is back.
      """)

  @Argument(help: "The score, a Standard MIDI File.") var score: String
  @Option(help: "A port, or a pattern of ports, to play to. May be repeated.") var connect: [String] = []
  @Flag(help: "Play where JACK's transport is, when it rolls.") var transport = false
  @Flag(help: "With --transport: tell bars, beats and tempo of the file to everybody.") var master = false
  @Flag(help: "With --transport: start it when all is connected, and stop it 3 s after the end.") var roll = false
  @Option(help: "Play from here to there, again and again: 0:30..1:00. A transport is sent back after its cycle.")
  var loop: MomentRange?
  @Option(help: "Begin here: seconds, or minutes:seconds.") var from: Moment?
  @Option(help: "End here.") var to: Moment?
  @Option(help: "The MIDI channel, 1…16.") var channel = 1
  @Option(help: "The client's name.") var name = "fotoplayer-score"
  @Option(help: "The JACK server's name. By default the usual one.") var server: String?
  @Flag(help: "Wait for a JACK server, and for ports, that are not there yet.") var wait = false
  @Flag(help: "Say nothing but errors.") var quiet = false

  func validate() throws {
    guard 1...16 ~= channel else { throw ValidationError("--channel \(channel): expected 1…16") }
    if let from, let to, to.seconds <= from.seconds { throw ValidationError("--to lies before --from") }
    if loop != nil, to != nil { throw ValidationError("--to and --loop: a loop has no end; give one of them") }
    guard transport || !(master || roll) else { throw ValidationError("--master and --roll need --transport") }
  }

  func run() throws {
    let (score, tempo) = try Files.scoreAndTempo(score)
    if let from, from.seconds >= score.duration, from.seconds > 0 {
      throw Failure("\(self.score): --from \(from.seconds) s lies behind its end at \(score.duration) s")
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
