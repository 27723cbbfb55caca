// What a build without MPI (the package's trait) says when it is launched as one of several.
#if !MPI
import Training

extension Launch {
  public static let hasMPI = false

  /// nil: a process of this build is alone.
  ///
  /// - Throws: `TrainingError` where a launcher started several: they would all train in the same folder.
  public static func ranks(limit: Double) throws -> (any Ranks)? {
    guard !isLaunched else {
      throw TrainingError(
        "this build knows no MPI, and cannot be one of several ranks: build it with --enable-all-traits")
    }
    return nil
  }

  public static var isFirst: Bool { true }
  public static var neighbour: Int { 0 }
  public static func end() {}
  public static func leave(because reason: String) -> Bool { false }
}
#endif
