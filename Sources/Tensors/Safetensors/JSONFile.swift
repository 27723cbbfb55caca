// JSONFile: a JSON value in a file of its own, such as a configuration beside a model's weights.

extension JSON {
  /// The most that such a file may hold.
  private static var limit: Int { 1 << 24 }

  /// Reads a file.
  ///
  /// - Throws: `WeightsError` with the path when it cannot be read or holds no JSON.
  public init(path: String) throws(WeightsError) {
    let file = try OpenFile(path)
    guard file.count <= JSON.limit else { throw WeightsError("\(path): \(file.count) bytes are no configuration") }
    var bytes = [UInt8](repeating: 0, count: file.count)
    var fault: WeightsError?
    bytes.withUnsafeMutableBytes { target in
      do throws(WeightsError) { try file.read(at: 0, into: target) } catch { fault = error }
    }
    if let fault { throw fault }
    do { self = try JSON(parsing: bytes) } catch { throw WeightsError("\(path): not JSON: \(error)") }
  }
}
