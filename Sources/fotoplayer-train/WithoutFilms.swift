// What a build without films says where one with them would draw or check some.
#if !Films
import ArgumentParser
import Training

/// A command that only a build with films has.
protocol WithoutFilms: ParsableCommand {
  static var name: String { get }
}

extension WithoutFilms {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: name, abstract: "(This build has no films.)",
      discussion: """
        Films need libraries that this build leaves at home, to be light to carry.
        A fotoplayer-train that was built as usual (make build) has this command.
        """)
  }

  func run() throws {
    throw DataError(
      "data \(Self.name): this build has no films; use a fotoplayer-train that was built as usual (make build)")
  }
}

extension DataCommand {
  struct Films: WithoutFilms {
    static let name = "film"
    @Argument(parsing: .allUnrecognized, help: .hidden) var anything: [String] = []
  }
  struct Foley: WithoutFilms {
    static let name = "foley"
    @Argument(parsing: .allUnrecognized, help: .hidden) var anything: [String] = []
  }
  struct Rolls: WithoutFilms {
    static let name = "rolls"
    @Argument(parsing: .allUnrecognized, help: .hidden) var anything: [String] = []
  }
  struct Check: WithoutFilms {
    static let name = "check"
    @Argument(parsing: .allUnrecognized, help: .hidden) var anything: [String] = []
  }
}
#endif
