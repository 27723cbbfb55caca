// ScoreShow: keeps a score playing on a JACK server: opened, wired, shown, ended, and gone on with after the server has gone.
// What is played is a score, wherever that came from. Nothing here is met by the audio thread.
import ArgumentParser
import Foundation
import JACK
import Score
import Terminal

final class ScoreShow {
  /// Waits for servers and ports; starts the transport, and stops it at the end.
  var isWaiting = false, isRolledBy = false
  /// What is to be played at so many frames a second.
  var plan: (_ rate: Double) -> PlayerPlan = { _ in PlayerPlan() }

  private let lifeline: Lifeline
  private let wiring: Wiring
  private let score: Score
  private let tempo: TempoMap
  private let isQuiet: Bool
  private var display: PlayerDisplay
  private var player: Player?
  private var rate = 0.0
  /// Where to go on, in seconds, after the server has gone.
  private var resumed: Double?
  private var isFirst = true
  /// The transport was stopped, since there is nothing more to play.
  private var isStopped = false

  init(lifeline: Lifeline, wiring: Wiring, score: Score, tempo: TempoMap, isQuiet: Bool) {
    (self.lifeline, self.wiring, self.score, self.tempo) = (lifeline, wiring, score, tempo)
    self.isQuiet = isQuiet
    display = PlayerDisplay(tempo: tempo, isShown: !isQuiet && isatty(STDERR_FILENO) == 1)
  }

  private func say(_ text: String) {
    guard !isQuiet else { return }
    display.clear()
    Notice.say(text)
  }

  func run() throws {
    defer { display.clear() }
    try enter(
      try Notice.open(lifeline, wait: isWaiting) {
        usleep(100_000)
        if let signal = Interruption.signal { throw ExitCode(128 + signal) }
      })
    while true {
      usleep(50_000)
      if let signal = Interruption.signal {
        leave()
        throw ExitCode(128 + signal)
      }
      do {
        switch try lifeline.look() {
        case .nothing: break
        case .opened(let client):
          say("the JACK server is back")
          try enter(client)
        case .lost:
          forget()
          say("the JACK server has gone: waiting for it")
        case .rate(let now):
          say("the JACK server now runs at \(now) samples a second")
          leave()
          forget()
        }
      } catch let error as JACKError { throw Failure("\(error)") }
      guard let client = lifeline.client, let player else { continue }
      join(client, player)
      let report = player.report
      if isRolledBy { roll(client, report) }
      display.show(report, rate: rate, xruns: lifeline.notices.xruns.load(ordering: .relaxed))
      if plan(rate).follows ? isStopped : report.isOver { return leave() }
    }
  }

  private func enter(_ client: Client) throws {
    let (player, plan): (Player, PlayerPlan)
    do {
      rate = Double(client.sampleRate)
      var wanted = self.plan(rate)
      if let resumed, !wanted.follows { wanted.start = Int64(resumed * rate) }
      plan = wanted
      player = try Player(client, score: score, tempo: tempo, plan: plan)
      self.player = player
      try client.activate()
      try awaitPorts(client)
      join(client, player)
      // The graph takes a connection over from one cycle to the next.
      usleep(UInt32(min(200_000, 2_000_000 * client.bufferSize / max(1, client.sampleRate))))
      player.begin()
    } catch let error as JACKError { throw Failure("\(error)") }
    defer { isFirst = false }
    guard plan.follows, isFirst else { return }
    if plan.start > 0 { client.transport.locate(plan.start) }
    if isRolledBy { client.transport.start() }
  }

  /// Ports that were asked for and are not there.
  private func awaitPorts(_ client: Client) throws {
    var missing = wiring.missing(client)
    guard !missing.isEmpty else { return }
    guard isWaiting || !isFirst else {
      let there = wiring.candidates(client)
      throw Failure(
        "--connect \(missing[0]): no port matches it"
          + (there.isEmpty ? "; there are none to play to" : ". There are:\n  " + there.joined(separator: "\n  "))
          + "\nWait for one with --wait")
    }
    say("waiting for a port that matches \(missing.joined(separator: ", "))")
    while !missing.isEmpty, !client.notices.isLost.load(ordering: .acquiring) {
      usleep(100_000)
      if let signal = Interruption.signal { throw ExitCode(128 + signal) }
      missing = wiring.missing(client)
    }
  }

  private func join(_ client: Client, _ player: Player) {
    for (source, destination) in wiring.look(client, ports: [(player.port, .midi, .output)]) {
      say("connected \(source) to \(destination)")
    }
  }

  /// At the end, and three seconds of what rings on, the transport has nothing more to do.
  private func roll(_ client: Client, _ report: PlayerReport) {
    let end = plan(rate).end == .max ? Int64((score.duration + 3) * rate) : plan(rate).end
    guard report.position >= end, plan(rate).loopStart < 0 else { return }
    client.transport.stop()
    isStopped = true
  }

  /// Lets go of all keys and pedals, and leaves the server.
  private func leave() {
    guard let client = lifeline.client, let player else { return }
    player.leave()
    // A cycle to let go in, and another in which that is heard.
    for _ in 0..<50 where !player.report.hasLeft && !client.notices.isLost.load(ordering: .acquiring) { usleep(20_000) }
    usleep(UInt32(min(500_000, 2_000_000 * client.bufferSize / max(1, client.sampleRate) + 10_000)))
    lifeline.close()
    self.player = nil
  }

  /// The server went.
  private func forget() {
    if let player { resumed = Double(player.report.position) / rate }
    player = nil
    wiring.forget()
  }
}
