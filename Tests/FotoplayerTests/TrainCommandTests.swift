// TrainCommandTests: `fotoplayer-train` explains itself, and says what is missing and where it comes from.
import Foundation
import Testing

@Suite struct TrainCommandTests {
  let place = try! Workplace()

  @Test(arguments: [[], ["data"], ["data", "piano"], ["codec"], ["generator"], ["export"], ["inspect"], ["engine"]])
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
    (["inspect", "none"], "none"),
    (["engine", "--torch", "none.so"], "no libtorch was found; `pip install torch`"),
  ])
  func `What is missing is said`(arguments: [String], words: String) throws {
    let outcome = try place.run("fotoplayer-train", arguments)
    #expect(outcome.status == 1 && outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.output.isEmpty && place.files.isEmpty)
  }

  @Test(arguments: [
    ["data", "piano"], ["data", "piano", "--out", "set", "--hours", "0"],
    ["data", "piano", "--out", "set", "--scores-share", "2"], ["data", "piano", "--out", "set", "--transpose", "-1"],
    ["codec", "--data", "set"], ["codec", "--data", "set", "--out", "run", "--steps", "0"],
    ["generator", "--data", "set", "--codec", "c", "--out", "run", "--width", "33"], ["train"],
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
