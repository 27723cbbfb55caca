// KeyboardPlaceTests: a place is written and read again, and what is none is said to be none.
import Keyboards
import Testing

@Suite struct KeyboardPlaceTests {
  @Test(arguments: [
    "40.25,300 920,302.5 924,195 38,196 keys 21-108", "920,30 40,30 38,190 924,195 keys 36-96 bend -0.024",
    "-40,300 1100,302 1200,195 -38,196 keys 28-103", "0.01,0 100,0 100,10 0,10 keys 0-127 bend 0.5",
  ])
  func `What was written is read again`(text: String) throws {
    #expect(try KeyboardPlace(text).description == text)
  }

  @Test func `All keys and a lens without fault are what is meant when nothing is said`() throws {
    let place = try KeyboardPlace("  40,300  920,302\t924,195 38,196\n")
    #expect(place.keys == 21...108 && place.bend == 0 && place.corners[2] == [924, 195])
    #expect(try KeyboardPlace("0,9 9,9 9,0 0,0 bend 0.1 keys 36-96").keys == 36...96)
  }

  @Test(arguments: [
    ("", "\"\""), ("40,300 920,302 924,195", "3 of them"), ("40,300 920,302 924,195 38,196 1,1", "5 of them"),
    ("40,300 920;302 924,195 38,196", "\"920;302\""), ("40,300 920,302,7 924,195 38,196", "\"920,302,7\""),
    ("40,300 924,195 920,302 38,196", "40,300 924,195"), ("1,1 2,2 3,3 4,4", "1,1 2,2"),
    ("40,300 920,302 924,195 38,196 keys", "\"keys\""), ("40,300 920,302 924,195 38,196 keys 108-21", "keys 108-21"),
    ("40,300 920,302 924,195 38,196 keys 22-108", "22-108"), ("40,300 920,302 924,195 38,196 keys 60-64", "60-64"),
    ("40,300 920,302 924,195 38,196 keys 21-128", "21-128"), ("40,300 920,302 924,195 38,196 keys -3-80", "keys -3-80"),
    ("40,300 920,302 924,195 38,196 bend 2", "2.0"), ("40,300 920,302 924,195 38,196 bend nan", "nan"),
    ("nan,300 920,302 924,195 38,196", "\"nan,300\""), ("1e9,300 920,302 924,195 38,196", "far away"),
  ])
  func `What is no place is refused with what was found`(text: String, found: String) {
    #expect { try KeyboardPlace(text) } throws: { "\($0)".contains(found) && "\($0)".contains("expected") }
  }

  @Test func `A place grows with its picture`() throws {
    let place = try KeyboardPlace("40,300 920,302 924,195 38,196 keys 36-96 bend -0.02").scaled(0.5)
    #expect(place.description == "20,150 460,151 462,97.5 19,98 keys 36-96 bend -0.02")
  }
}
