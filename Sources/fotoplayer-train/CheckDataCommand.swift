// `data check`: whether filmed performances, rendered or one's own, are as they must be to learn from.
#if Films
import ArgumentParser
import FilmSets
import Foundation
import Training

extension DataCommand {
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Look at a folder of filmed performances and say what is wrong with it.",
      discussion: """
        Example: fotoplayer-train data check data/films

        Says of each clip what lacks, which lengths differ, which notes lie outside the film, and which frame rates do not
        fit. Ends with 1 when a clip has a fault, with 0 when there are warnings alone. docs/films.md has the layout.
        """)

    @Argument(help: "A folder of clips, or one clip.") var folder: String
    @Flag(help: "Name clips with faults and warnings only.") var brief = false

    func run() throws {
      let set = try FilmSet(URL(fileURLWithPath: folder))
      var (faulty, warnings, seconds) = (0, 0, 0.0)
      for clip in set.clips {
        let check = FilmCheck(clip)
        if !brief || !check.findings.isEmpty { print(check.line) }
        for finding in check.findings { print("  " + finding.text.replacing("\n", with: "\n  ")) }
        if check.isFaulty { faulty += 1 }
        warnings += check.findings.count { $0.weight == .warning }
        seconds += check.seconds
      }
      let minutes = String(format: "%.1f", seconds / 60)
      print("\(folder): \(set.clips.count) clips, \(minutes) minutes, \(faulty) with faults, \(warnings) warnings")
      if faulty > 0 { throw ExitCode(1) }
    }
  }
}
#endif
