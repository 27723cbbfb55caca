// `watch`: a film is looked at once, and what was seen is kept in a small file: Fotoplayer Foley performs it in a host.
import ArgumentParser
import Film
import Foley
import Foundation
import Watching

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Look at a film, for Fotoplayer Foley in a host.",
    discussion: """
      Examples:
        fotoplayer watch clip.mp4 -o clip.safetensors

      The plugin Fotoplayer Foley takes what was seen as its Film, and performs it along
      with the host's transport. Nothing of the pictures can be seen in it: it says where
      something moves, and when. docs/foley.md says more.
      """)

  @Argument(help: "A film in any container and codec.") var film: String
  @Option(name: .shortAndLong, help: "The file to write, .safetensors.") var output: String
  @Flag(help: "Say nothing but errors.") var quiet = false

  func validate() throws {
    guard output.lowercased().hasSuffix(".safetensors") else {
      throw ValidationError("-o \(output): expected .safetensors")
    }
  }

  func run() throws {
    let information = try FilmInformation(film)
    guard information.hasPictures else {
      throw Failure(
        "\(film): expected a film, found \(information.hasSound ? "sound without pictures" : "no pictures")")
    }
    var step = Step("watching", seconds: information.duration, isQuiet: quiet)
    defer { step.finish() }
    let seen = try FilmFeatures.motion(film) { try step.show($0) }
    guard let last = seen.times.last else { throw Failure("\(film): expected pictures, found none") }
    step.complete()
    step.finish()
    let name = URL(fileURLWithPath: film).lastPathComponent
    try SeenFilm(features: seen.features, times: seen.times, viewer: MotionView.identity, name: name)
      .write(to: output)
    guard !quiet else { return }
    print("\(output): \(seen.times.count) pictures of \(name), the last at \(String(format: "%.2f", last)) s")
  }
}
