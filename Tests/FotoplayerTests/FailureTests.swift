// FailureTests: what cannot be done is said with the path, what was expected and what was found; nothing is left of it.
import Foundation
import TestVoices
import Testing

@Suite struct FailureTests {
  let place = try! Workplace()
  let render = ["render", "song.mid", "-o", "song.wav", "--voice", "voice.safetensors"]

  init() throws {
    try TestVoice.write(to: place.path + "/voice.safetensors")
    try place.score("song.mid", notes: 8)
    try place.write("an earlier one".utf8, to: "song.wav")
  }

  /// Runs what must fail, and expects that it leaves everything as it was.
  func expectFailure(
    _ arguments: [String], _ status: Int32 = 1, says words: String..., environment: [String: String] = [:]
  ) throws {
    let before = place.files
    let outcome = try place.run("fotoplayer", arguments, environment: environment)
    #expect(outcome.status == status, "\(arguments) \(outcome.errors)")
    for word in words { #expect(outcome.errors.contains(word), "\(arguments): \(outcome.errors)") }
    #expect(outcome.output.isEmpty)
    #expect(place.files == before)
    #expect(try place.bytes("song.wav") == Data("an earlier one".utf8))
  }

  @Test(arguments: [
    ["render"], ["render", "song.mid"], ["sing"], ["render", "song.mid", "-o", "a.wav", "--loud"],
    ["render", "song.mid", "-o", "a.wav", "--steps", "0"], ["render", "song.mid", "-o", "a.wav", "--steps", "many"],
    ["render", "song.mid", "-o", "a.wav", "--block", "25"], ["render", "song.mid", "-o", "a.wav", "--rate", "7999"],
    ["render", "song.mid", "-o", "a.wav", "--guidance", "nan"], ["render", "song.mid", "-o", "a.wav", "--seed", "-1"],
    ["render", "song.mid", "-o", "a.wav", "--from", "1:x"], ["render", "song.mid", "-o", "a.wav", "--to", "1e99"],
    ["render", "song.mid", "-o", "a.wav", "--from", "2", "--to", "1"], ["info"],
  ])
  func `What is no command line ends with 64 and the usage`(arguments: [String]) throws {
    try expectFailure(arguments, 64, says: "Error: ", "Usage: fotoplayer")
  }

  @Test(arguments: [[], ["render"], ["info"]]) func `Help has examples`(command: [String]) throws {
    let outcome = try place.run("fotoplayer", command + ["--help"])
    #expect(outcome.status == 0 && outcome.output.contains("Examples:") && outcome.errors.isEmpty)
  }

  @Test func `A score that cannot be read`() throws {
    for command in ["render", "info"] {
      let rest = command == "render" ? Array(render.dropFirst(2)) : []
      try expectFailure([command, "none.mid"] + rest, says: "none.mid: expected a", "found: No such file")
    }
    try expectFailure(["render", "."] + render.dropFirst(2), says: ".: expected a", "found: Is a directory")
    try expectFailure(["info", "."], says: ".: expected a file, or the folder of a T5", "found another folder")
    try expectFailure(["info", "/dev/null"], says: "/dev/null: expected ")
    try place.write("a text".utf8, to: "clip.mp4")
    try expectFailure(
      ["info", "clip.mp4"], says: "clip.mp4: expected a voice, a MIDI file, a film or a sound file, found ")
    let endless = ["render", "/dev/zero"] + render.dropFirst(2)
    try expectFailure(endless, says: "/dev/zero: expected a MIDI file, found more")
    try place.write("RIFF and more".utf8, to: "song.mid")
    try expectFailure(render, says: "song.mid: byte 0: expected the header MThd, found RIFF")
  }

  @Test func `A score that was cut`() throws {
    let whole = try place.bytes("song.mid")
    for length in [0, 4, 13, 20, whole.count / 2, whole.count - 1] {
      try place.write(whole.prefix(length), to: "song.mid")
      try expectFailure(render, says: "song.mid: byte ", "expected")
    }
  }

  @Test func `No voice, and where it was looked for`() throws {
    try expectFailure(
      Array(render.dropLast(2)), says: "no voice found", "--voice", "/nowhere/fotoplayer.lv2/voices",
      environment: ["LV2_PATH": "/nowhere:/elsewhere"])
    try expectFailure(
      Array(render.dropLast()) + ["none.safetensors"], says: "none.safetensors: expected a voice, found ")
  }

  @Test func `A voice that is none, or was cut`() throws {
    let whole = try place.bytes("voice.safetensors")
    for length in [0, 7, 8, 500, whole.count / 2, whole.count - 1] {
      try place.write(whole.prefix(length), to: "voice.safetensors")
      try expectFailure(render, says: "voice.safetensors: expected a voice, found ")
      try expectFailure(["info", "voice.safetensors"], says: "voice.safetensors: expected a voice, found ")
    }
    try place.write(whole.map { $0 == UInt8(ascii: "g") ? UInt8(ascii: "q") : $0 }, to: "voice.safetensors")
    try expectFailure(render, says: "voice.safetensors: expected ")
  }

  @Test func `A place where nothing can be written`() throws {
    func to(_ path: String) -> [String] { ["render", "song.mid", "-o", path, "--voice", "voice.safetensors"] }
    try expectFailure(to("none/song.wav"), says: "none/song.wav: expected to write there, found ", "No such file")
    try expectFailure(to("song.mp7"), says: "song.mp7: expected a name that ends in .wav or .flac")
    try FileManager.default.createDirectory(atPath: place.path + "/folder.wav", withIntermediateDirectories: true)
    try expectFailure(to("folder.wav"), says: "folder.wav: expected to write there, found Is a directory")
    try FileManager.default.createSymbolicLink(atPath: place.path + "/full.wav", withDestinationPath: "/dev/full")
    try expectFailure(to("full.wav"), says: "full.wav: expected to ")
  }

  @Test func `A part that lies behind the end`() throws {
    try expectFailure(render + ["--from", "2:00"], says: "song.mid: --from 120.0 s lies behind its end at 2.0 s")
  }

  @Test(arguments: [SIGINT, SIGTERM]) func `Interrupted, it leaves what was there`(signal: Int32) throws {
    // Two hours of music.
    try place.score("long.mid", notes: 28_800)
    let before = place.files
    let (process, _, _) = try place.start(
      "fotoplayer", ["render", "long.mid", "-o", "song.wav", "--voice", "voice.safetensors"])
    while place.files == before && process.isRunning { usleep(2000) }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 128 + signal)
    #expect(place.files == before)
    #expect(try place.bytes("song.wav") == Data("an earlier one".utf8))
  }
}
