// OpticalFlowTests: displacements are OpenCV's, on pictures that both draw.
import Foundation
import Pictures
import Testing

private struct Case: Decodable {
  let width: Int, height: Int, across: Int, down: Int, colours: Bool, length: Double, step: Int, x: [Float], y: [Float]

  /// The script's soft squares.
  func picture(movedBy across: Int, _ down: Int) -> Picture {
    var picture = Picture(width: width, height: height, colours: colours ? .rgb : .grey)
    for y in 0..<height {
      for x in 0..<width {
        let (u, v) = (x - across + 900, y - down + 900)
        let tent = min(u % 9 + 1, 9 - u % 9) * min(v % 9 + 1, 9 - v % 9)
        for channel in 0..<picture.channels {
          let place = u / 9 * 7919 + v / 9 * 104729 + channel * 31337
          let shade = ((place * 2_654_435_761) % (1 << 32)) >> 24
          picture[x, y, channel] = UInt8(truncatingIfNeeded: shade * tent / 25)
        }
      }
    }
    return picture
  }
}

@Suite struct OpticalFlowTests {
  private let cases: [Case]

  init() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appendingPathComponent("Fixtures/flow.json"))
    cases = try JSONDecoder().decode([Case].self, from: data)
  }

  @Test func `Points move as OpenCV says`() {
    #expect(cases.count == 6)
    for one in cases {
      let flow = OpticalFlow(from: one.picture(movedBy: 0, 0), to: one.picture(movedBy: one.across, one.down))
      let title = "\(one.width) × \(one.height)"
      #expect(abs(flow.meanLength - one.length) < 1e-5, "\(title): \(flow.meanLength), \(one.length)")
      for (index, (x, y)) in zip(one.x, one.y).enumerated() {
        let point = index * one.step
        #expect(abs(flow.x[point] - x) < 2e-5 && abs(flow.y[point] - y) < 2e-5, "\(title), point \(point)")
      }
    }
  }

  @Test func `Small and empty pictures do not move`() {
    for (width, height) in [(1, 1), (2, 1), (1, 40), (9, 3)] {
      let still = Picture(width: width, height: height, colours: .grey, shade: 7)
      #expect(OpticalFlow(from: still, to: still).meanLength < 1e-6, "\(width) × \(height)")
    }
  }
}
