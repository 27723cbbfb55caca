// SeedTableTests: means over seeds and their deviation, in the order in which rows and columns came.
import Testing
import Training

struct SeedTableTests {
  @Test func cellsAreMeansAndDeviations() throws {
    var table = SeedTable("way")
    table.add("plain", [("A", 1), ("B", 4)])
    table.add("other", [("B", 0.5)])
    table.add("plain", [("A", 3), ("C", 7)])
    let cell = try #require(table.cell("plain", "A"))
    #expect(cell.mean == 2 && abs(cell.deviation! - 1.4142135) < 1e-6 && cell.count == 2)
    #expect(table.cell("plain", "B")?.deviation == nil && table.cell("other", "A") == nil)
    #expect(
      table.markdown == """
        | way | A | B | C |
        |---|---|---|---|
        | plain | 2.000 ± 1.414 | 4.000 | 7.000 |
        | other | – | 0.500 | – |

        """)
  }
}
