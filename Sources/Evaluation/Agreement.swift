// Agreement: how much of what was found is true and how much of what is true was found, from three counts.
// Counts of several clips add up; a mean over clips is the caller's.

/// What was found beside what should have been found.
public struct Agreement: Sendable, Equatable, BitwiseCopyable {
  /// Found rightly; found; to be found.
  public var hits: Int, found: Int, wanted: Int

  public init(hits: Int = 0, found: Int = 0, wanted: Int = 0) {
    (self.hits, self.found, self.wanted) = (hits, found, wanted)
  }

  /// hits / found; 0 where nothing was found or nothing was to be found.
  public var precision: Double { found > 0 && wanted > 0 ? Double(hits) / Double(found) : 0 }
  /// hits / wanted; 0 where nothing was found or nothing was to be found.
  public var recall: Double { found > 0 && wanted > 0 ? Double(hits) / Double(wanted) : 0 }
  /// hits / (hits + false + missed).
  public var accuracy: Double { hits > 0 ? Double(hits) / Double(found + wanted - hits) : 0 }
  /// 2·precision·recall / (precision + recall).
  public var f1: Double { hits > 0 ? 2 * Double(hits) / Double(found + wanted) : 0 }

  public static func + (a: Agreement, b: Agreement) -> Agreement {
    Agreement(hits: a.hits + b.hits, found: a.found + b.found, wanted: a.wanted + b.wanted)
  }

  public static func += (a: inout Agreement, b: Agreement) { a = a + b }
}

/// The four numbers of a table's row.
public struct AgreementScores: Sendable, Equatable, BitwiseCopyable {
  public var precision: Double, recall: Double, accuracy: Double, f1: Double

  public init(precision: Double = 0, recall: Double = 0, accuracy: Double = 0, f1: Double = 0) {
    (self.precision, self.recall, self.accuracy, self.f1) = (precision, recall, accuracy, f1)
  }

  public init(_ agreement: Agreement) {
    self.init(
      precision: agreement.precision, recall: agreement.recall, accuracy: agreement.accuracy, f1: agreement.f1)
  }
}
