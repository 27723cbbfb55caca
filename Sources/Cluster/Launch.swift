// Launch: how a program learns that it is one of several, and how it ends as one of them.
// It is alone unless a launcher's mark is in its environment, and then it never touches MPI.
import Foundation
import Training

/// The launch that this process belongs to.
public enum Launch {
  /// How launchers mark the processes that they start, and tell how many there are: Open MPI's, MPICH's and Slurm's by PMI.
  private static let marks = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"]

  /// Whether a launcher of several processes started this one.
  static var isLaunched: Bool {
    marks.contains { mark in ProcessInfo.processInfo.environment[mark].map { $0 != "1" || mark == "PMIX_RANK" } ?? false
    }
  }
}
