// `inspect`: how a run is doing.
import ArgumentParser
import Training

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Tell how a run is doing, and draw its plot.",
    discussion: "Example: fotoplayer-train inspect runs/codec")

  @Argument(help: "The run's folder.") var folder: String

  func run() throws {
    print(try RunReport.text(folder), terminator: "")
    try LossPlot.draw(log: folder + "/log.jsonl", to: folder + "/plot.svg")
  }
}
