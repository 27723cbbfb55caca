// ClipSplit: which clips are kept from learning: whole keys, so that nothing is tested on what was heard in training.
import Score

extension ClipManifest {
  /// What is learned from, and what is kept.
  public typealias Split = (learned: ClipManifest, kept: ClipManifest)

  private func split(_ isKept: (Clip) -> Bool) -> Split {
    (
      ClipManifest(folder: folder, clips: clips.filter { !isKept($0) }),
      ClipManifest(folder: folder, clips: clips.filter(isKept))
    )
  }

  /// Keeps the clips of some keys.
  public func holdingOut(_ keys: Set<String>) -> Split { split { keys.contains($0.key) } }

  /// Keeps about a share of the keys, 0…1, by a digest of each: a list that grows keeps what it kept.
  public func holdingOut(share: Double) -> Split {
    split { clip in
      var digest = FileDigest()
      digest.add(clip.key.utf8)
      var chance = Chance(seed: UInt64(digest.text, radix: 16) ?? 0)
      return chance.unit() < share
    }
  }

  /// The clips that the list itself puts into one of its splits.
  public func part(_ name: String) -> ClipManifest {
    ClipManifest(folder: folder, clips: clips.filter { $0.split == name })
  }
}
