// TrainCommandTests: `fotoplayer-train` explains itself, and says what is missing and where it comes from.
import Foundation
import Media
import Testing

@Suite struct TrainCommandTests {
  let place = try! Workplace()

  @Test(arguments: [
    [], ["data"], ["data", "piano"], ["data", "render"], ["data", "film"], ["data", "check"],
    ["data", "foley"], ["data", "import"], ["codec"], ["generator"],
    ["listen"], ["export"], ["style"],
    ["inspect"], ["engine"], ["features"], ["evaluate"], ["chain"], ["tables"], ["sound"],
  ])
  func `Help has an example`(command: [String]) throws {
    let outcome = try place.run("fotoplayer-train", command + ["--help"])
    #expect(outcome.status == 0 && outcome.output.contains("Example"), "\(outcome.output)")
  }

  @Test(arguments: [
    (["data", "piano", "--out", "set", "--soundfont", "none.sf2"], "none.sf2: no such sound font; `apt install"),
    (["data", "piano", "--out", "set", "--scores", "none"], "none: expected a folder with MIDI files, found none"),
    (
      ["codec", "--data", "set", "--out", "run"], "set: there is no piano set here; `fotoplayer-train data piano` makes"
    ),
    (["generator", "--data", "set", "--codec", "c", "--out", "run"], "set: there is no piano set here"),
    (["export", "--data", "set", "--codec", "c", "--generator", "g", "--out", "v"], "set: there is no piano set here"),
    (["data", "film", "--out", "set", "--soundfont", "none.sf2"], "none.sf2: no such sound font; `apt install"),
    (["data", "foley", "--out", "set", "--sounds", "none"], "expected recordings of doors and of steps, found none"),
    (
      ["data", "import", "vggsound", "none.csv", "--media", ".", "-o", "clips.jsonl"],
      "none.csv: expected a list of VGGSound"
    ),
    (["data", "check", "none.jsonl"], "none.jsonl: expected a list of clips, found nothing that can be read"),
    (["data", "check", "none"], "none: expected folders of clips with top.mp4"),
    (["data", "render", "none.mid", "--out", "a.wav"], "none.mid: cannot read this file"),
    (
      ["listen", "--score", "none.mid", "--recording", "none.wav", "--codec", "c", "--out", "heard"],
      "none.mid: cannot be read; expected a MIDI file"
    ),
    (
      ["codec", "--data", "set", "--kind", "encodec", "--from", "none", "--out", "run"],
      "set: there is no piano set here"
    ),
    (
      ["style", "--recordings", "none", "--from", "v", "--out", "m.safetensors"],
      "none: expected a folder of recordings (.wav or .flac) with a MIDI file beside each"
    ),
    (["evaluate", "--real", "none", "--made", "none"], "none: expected a folder of sounds or films, found none"),
    (["inspect", "none"], "none"),
    (["engine", "--torch", "none.so"], "no libtorch was found; `pip install torch`"),
  ])
  func `What is missing is said`(arguments: [String], words: String) throws {
    let outcome = try place.run("fotoplayer-train", arguments)
    #expect(outcome.status == 1 && outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.output.isEmpty && place.files.isEmpty)
  }

  @Test func `A score is played on a sound font from its first note on, as long as is asked`() throws {
    try place.score("song.mid", notes: 4)
    let font = FileManager.default.isReadableFile(atPath: Self.font)
    try #require(font, "apt install fluid-soundfont-gm")
    let outcome = try place.run(
      "fotoplayer-train",
      ["data", "render", "song.mid", "--out", "song.wav", "--soundfont", Self.font, "--tail", "0.5"])
    #expect(outcome.status == 0 && outcome.output.contains("song.wav: 4 notes, 1.5 seconds"), "\(outcome.errors)")
    let sound = try AudioFileReader(place.path + "/song.wav")
    #expect(sound.sampleRate == 24000 && sound.channels == 1 && sound.frames == 36000)
    // The first note is at 0: its sound begins in the first 64 samples, the synthesiser's lag being taken out.
    let first = try #require(sound.readAll().firstIndex { $0 != 0 })
    #expect(first < 64)
  }

  static let font = "/usr/share/sounds/sf2/FluidR3_GM.sf2"

  @Test(arguments: [
    ["data", "piano"], ["data", "render"], ["data", "piano", "--out", "set", "--hours", "0"],
    ["data", "piano", "--out", "set", "--scores-share", "2"],
    ["data", "piano", "--out", "set", "--drill-keys", "92-109"],
    ["data", "piano", "--out", "set", "--drill-keys", "100"],
    ["data", "piano", "--out", "set", "--drill-keys", "99-98"],
    ["data", "piano", "--out", "set", "--transpose", "-1"],
    ["data", "foley", "--out", "set", "--filmed", "2"], ["data", "foley", "--out", "set", "--causes", "bounce,flood"],
    ["data", "foley", "--out", "set", "--seconds", "8-4"],
    ["data", "import", "clotho", "a.csv", "--media", ".", "-o", "b"],
    ["codec", "--data", "set"], ["codec", "--data", "set", "--out", "run", "--steps", "0"],
    ["codec", "--data", "set", "--out", "run", "--decoder-only"],
    ["codec", "--data", "set", "--out", "run", "--from", "other", "--bands", "96"],
    ["codec", "--data", "set", "--out", "run", "--adversarial", "--windows", "1000"],
    ["codec", "--data", "set", "--out", "run", "--adversarial", "--mel-weight", "0", "--spectral-weight", "0"],
    ["codec", "--data", "set", "--out", "run", "--kind", "encodec"],
    ["generator", "--data", "set", "--codec", "c", "--out", "run", "--width", "33"], ["train"],
    ["listen", "--codec", "c", "--out", "heard"], ["listen", "--score", "s.mid", "--codec", "c", "--out", "heard"],
    ["listen", "--data", "set", "--out", "heard"],
    ["listen", "--data", "set", "--voice", "v", "--generator", "g", "--out", "heard"],
    ["style", "--recordings", "takes", "--from", "v"], ["style", "--recordings", "t", "--from", "v", "--out", "m.wav"],
    ["generator", "--data", "set", "--codec", "c", "--out", "run", "--from", "v", "--depth", "2"],
    ["codec", "--data", "set", "--out", "run", "--device", "cuda"],
    ["codec", "--data", "set", "--out", "run", "--engine", "torch", "--device", "gpu"],
    ["engine", "--precision", "float16"], ["engine", "--device", "gpu"],
  ])
  func `What is no command line ends with 64`(arguments: [String]) throws {
    let outcome = try place.run("fotoplayer-train", arguments)
    #expect(outcome.status == 64 && outcome.errors.contains("Usage: fotoplayer-train"), "\(outcome.errors)")
    #expect(place.files.isEmpty)
  }
}
