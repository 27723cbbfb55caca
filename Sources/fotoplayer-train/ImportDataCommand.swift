// `data import`: the lists of published sets, and your media, become a manifest to learn from.
import ArgumentParser
import Foundation
import Tensors
import Training

extension ClipList: ExpressibleByArgument {}

extension DataCommand {
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a manifest of a published list of clips and your media.",
      discussion: """
        Examples:
          fotoplayer-train data import audiocaps train.csv --media audiocaps/audio -o audiocaps/clips.jsonl
          fotoplayer-train data import wavcaps json_files/SoundBible/sb_final.json --media SoundBible -o clips.jsonl
          fotoplayer-train data import musiccaps musiccaps-public.csv --media wav -o musiccaps.jsonl
          fotoplayer-train data import audioset balanced_train_segments.csv --labels class_labels_indices.csv \\
            --media films -o audioset.jsonl
          fotoplayer-train data import vggsound vggsound.csv --media video -o vggsound.jsonl --missing missing.txt

        The media are yours to get; they are found in the folder and below by the names that downloaders give
        (ID_000030.mp4, YID.wav, ID.flac …). Manifests may be joined with cat. docs/foley-data.md says more.
        """)

    @Argument(help: "Which list: \(ClipList.allCases.map(\.rawValue).joined(separator: ", ")).") var kind: ClipList
    @Argument(help: "The list, as it was published: CSV, or JSON of WavCaps.") var list: String
    @Option(help: "The folder of sounds or films.") var media: String
    @Option(name: [.customShort("o"), .long], help: "The manifest to write.") var out: String
    @Option(help: "AudioSet's class_labels_indices.csv, for words.") var labels: String?
    @Flag(help: "Media that are named by their film alone are whole films, of which the list's part is taken.")
    var whole = false
    @Option(help: "What may be done with it, instead of what its publishers state.") var licence: String?
    @Option(help: "The split of all of it: train, test …; by default what the list says.") var split: String?
    @Option(help: "A file for the names of clips whose media were not found.") var missing: String?

    func run() throws {
      var options = ClipImport.Options()
      (options.isWhole, options.licence, options.split) = (whole, licence, split)
      options.labels = try labels.map { try ClipList.labels($0) } ?? [:]
      let place = URL(fileURLWithPath: out)
      let result = try ClipImport(
        kind, list, media: URL(fileURLWithPath: media), for: place.deletingLastPathComponent(), options)
      try result.manifest.write(to: place.path)
      print(
        "\(list): \(result.listed) clips listed, \(result.manifest.clips.count) found, \(result.missing.count) missing")
      if let missing {
        var file = try FileReplacement(path: missing)
        try file.write(Array(result.missing.map { $0 + "\n" }.joined().utf8))
        try file.commit()
      } else if !result.missing.isEmpty {
        print("  missing: \(result.missing.prefix(5).joined(separator: ", "))\(result.missing.count > 5 ? " …" : "")")
      }
      print(result.manifest.summary(out))
      for licence in result.manifest.licences { print("  \(licence.line)") }
    }
  }
}
