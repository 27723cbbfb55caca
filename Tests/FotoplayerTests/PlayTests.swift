// PlayTests: `fotoplayer play` and `host` where there is no JACK, their display, and options that make no sense.
import Foundation
import JACK
import Score
import Testing
import fotoplayer

@Suite struct PlayTests {
  let place = try! Workplace()

  private func report(_ keys: [Int], sustain: UInt8 = 0, position: Int64 = 48_000) -> PlayerReport {
    PlayerReport(
      isRolling: true, position: position, keys: keys.reduce(0) { $0 | 1 << UInt128($1) }, sustain: sustain,
      isOver: false, hasLeft: false)
  }

  private func line(_ report: PlayerReport, columns: Int = 80, xruns: Int = 0) -> String {
    PlayerDisplay.line(report, tempo: TempoMap(), rate: 48_000, xruns: xruns, columns: columns)
  }

  @Test func `The display tells time, bar and beat, names of keys, the pedal and xruns`() {
    #expect(line(report([60, 61], sustain: 127)) == "▶ 0:01.0 1.3   ped C4 C♯4 ")
    #expect(line(report([], position: 48_000 * 61), xruns: 3) == "▶ 1:01.0 31.3       3 xruns")
  }

  @Test func `The display is never wider than the terminal`() {
    for columns in [1, 20, 40, 80, 120, 200] {
      let width = line(report(Array(21...108), sustain: 127), columns: columns, xruns: 12).count
      #expect(width < max(columns, 34), "\(columns)")
    }
  }

  @Test func `Where there is room, there are 88 keys`() {
    let keys = PlayerDisplay.keyboard([21, 60, 108])
    #expect(keys.count == 88 && keys.first == "█" && keys.last == "█")
    #expect(keys.filter { $0 == "▀" }.count == 36)
    #expect(line(report([60]), columns: 130).contains(PlayerDisplay.keyboard([60])))
  }

  @Test(arguments: [
    (["--channel", "17"], "--channel 17: expected 1…16"), (["--master"], "--master and --roll need --transport"),
    (["--from", "3", "--to", "2"], "--to lies before --from"), (["--loop", "2..1"], "for '--loop"),
    (["--loop", "0..1", "--to", "3"], "a loop has no end"),
  ]) func `Options that make no sense are refused`(options: [String], message: String) throws {
    try place.score("song.mid", notes: 2)
    let outcome = try place.run("fotoplayer", ["play", "song.mid"] + options)
    #expect(outcome.status == 64 && outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test(arguments: [["play", "song.mid"], ["host"]])
  func `Without a server there is an error, and no state is left behind`(command: [String]) throws {
    try place.score("song.mid", notes: 2)
    let outcome = try place.run(
      "fotoplayer", command, environment: ["JACK_DEFAULT_SERVER": "none-\(getpid())", "JACK_NO_START_SERVER": "1"])
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("JACK"), "\(outcome.errors)")
    #expect(place.files == ["song.mid"])
  }

  @Test func `A session manager that cannot be is named`() throws {
    let outcome = try place.run("fotoplayer", [], environment: ["NSM_URL": "not an address"])
    #expect(outcome.status == 1 && outcome.errors.contains("NSM_URL"), "\(outcome.errors)")
  }

  @Test func `A loop is two moments`() throws {
    let range = try #require(MomentRange(argument: "0:30..1:00.5"))
    #expect(range.from.seconds == 30 && range.to.seconds == 60.5)
    for bad in ["1", "1..", "..2", "2..1", "1..1", "a..b"] { #expect(MomentRange(argument: bad) == nil) }
  }
}
