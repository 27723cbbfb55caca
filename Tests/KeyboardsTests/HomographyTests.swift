// HomographyTests: four points decide where all others go, and what decides nothing is refused.
import Keyboards
import Testing

@Suite struct HomographyTests {
  static let square: [SIMD2<Float>] = [[0, 0], [1, 0], [1, 1], [0, 1]]

  @Test func `Each of the four goes where it is sent, there and back`() throws {
    let from: [SIMD2<Float>] = [[10, 20], [900, 35], [870, 200], [30, 180]]
    let to: [SIMD2<Float>] = [[-5, 400], [1250, 300], [1000, -20], [200, 10]]
    let map = try #require(Homography(from: from, to: to))
    let back = try #require(map.inverse(near: to))
    for (a, b) in zip(from, to) {
      let (there, here) = (try #require(map(a)), try #require(back(b)))
      #expect(abs(there.x - b.x) < 1e-2 && abs(there.y - b.y) < 1e-2)
      #expect(abs(here.x - a.x) < 1e-2 && abs(here.y - a.y) < 1e-2)
    }
  }

  @Test func `The diagonals of a square cross where those of its picture do`() throws {
    // (0, 0), (4, 0), (3, 1), (1, 1): the diagonals x = 3y and x = 4 − 3y meet in (2, 2/3).
    let map = try #require(Homography(from: Self.square, to: [[0, 0], [4, 0], [3, 1], [1, 1]]))
    let middle = try #require(map([0.5, 0.5]))
    #expect(abs(middle.x - 2) < 1e-5 && abs(middle.y - 2 / 3) < 1e-5)
    // The sides meet at the horizon in (2, 2), which is where y goes to infinity.
    #expect(map([0.5, 1e6]).map { abs($0.x - 2) < 1e-3 && abs($0.y - 2) < 1e-3 } == true)
    #expect(map([0.5, -2]) == nil)
  }

  @Test func `Squares stay squares when they are only turned, moved and grown`() throws {
    let map = try #require(Homography(from: Self.square, to: [[5, 5], [5, 8], [2, 8], [2, 5]]))
    let point = try #require(map([0.25, 0.5]))
    #expect(abs(point.x - 3.5) < 1e-5 && abs(point.y - 5.75) < 1e-5)
  }

  @Test(
    arguments: [
      [[0, 0], [1, 1], [2, 2], [0, 1]], [[0, 0], [0, 0], [1, 1], [0, 1]], [[0, 0], [1, 0], [1, 1]],
      [[0, 0], [1, 0], [Float.nan, 1], [0, 1]], [[0, 0], [1, 0], [Float.infinity, 1], [0, 1]],
      [[0, 0], [1, 1], [1, 0], [0, 1]], [],
    ] as [[SIMD2<Float>]])
  func `Three on a line, two in one place, too few, crossed and infinite ones decide nothing`(points: [SIMD2<Float>]) {
    #expect(Homography(from: Self.square, to: points) == nil)
    #expect(Homography(from: points, to: Self.square) == nil)
  }
}
