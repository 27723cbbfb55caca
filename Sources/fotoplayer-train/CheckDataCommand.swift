// `data check`: whether filmed performances or clips of Foley, made or one's own, are as they must be to learn from.
#if Films
import ArgumentParser
import FilmSets
import Foundation
import Training

extension DataCommand {
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Look at filmed performances, or at a manifest of clips, and say what is wrong.",
      discussion: """
        Examples:
          fotoplayer-train data check data/films
          fotoplayer-train data check data/foley
          fotoplayer-train data check --brief audiocaps/clips.jsonl

        Says of each performance what lacks, which lengths differ, which notes lie outside the film, and which frame rates
        do not fit; of each clip of a manifest (a folder with clips.jsonl, or such a file) which media lack, are broken,
        silent, clipped or too short. Ends with 1 when a clip has a fault, with 0 when there are warnings alone.
        docs/films.md and docs/foley-data.md have the layouts.
        """)

    @Argument(help: "A folder of clips, one clip, or a manifest.") var folder: String
    @Flag(help: "Name clips with faults and warnings only.") var brief = false

    /// What was counted so far.
    private struct Count { var clips = 0, faulty = 0, warnings = 0, seconds = 0.0 }

    func run() throws {
      var count = Count()
      let list = URL(fileURLWithPath: folder).appendingPathComponent(ClipManifest.name).path
      if folder.hasSuffix(".jsonl") || FileManager.default.fileExists(atPath: list) {
        let manifest = try ClipManifest(folder)
        for clip in manifest.clips {
          let check = ClipCheck(clip, of: manifest)
          report(check.line, check.findings, isFaulty: check.isFaulty, check.seconds, &count)
        }
        for licence in manifest.licences { print("  \(licence.line)") }
      } else {
        for clip in try FilmSet(URL(fileURLWithPath: folder)).clips {
          let check = FilmCheck(clip)
          report(check.line, check.findings, isFaulty: check.isFaulty, check.seconds, &count)
        }
      }
      let minutes = String(format: "%.1f", count.seconds / 60)
      print(
        "\(folder): \(count.clips) clips, \(minutes) minutes, \(count.faulty) with faults, \(count.warnings) warnings")
      if count.faulty > 0 { throw ExitCode(1) }
    }

    private func report(
      _ line: String, _ findings: [Finding], isFaulty: Bool, _ seconds: Double, _ count: inout Count
    ) {
      if !brief || !findings.isEmpty { print(line) }
      for finding in findings { print("  " + finding.text.replacing("\n", with: "\n  ")) }
      count.clips += 1
      if isFaulty { count.faulty += 1 }
      count.warnings += findings.count { $0.weight == .warning }
      count.seconds += seconds
    }
  }
}
#endif
