// swift-tools-version: 6.2
// The house: one target a room, and the imports that the plan allows (CONTRIBUTING.md draws the map).
import PackageDescription

/// Kernels run at full speed in debug builds too: tests spend their time there.
let fastC: [CSetting] = [.unsafeFlags(["-O3", "-fno-math-errno", "-fno-trapping-math"])]

/// What a checker watches leaves the checker's symbols to the program that it is loaded into (Tests/Hosts/torture.sh).
let isWatched = Context.environment["FOTOPLAYER_WATCHED"] != nil

/// The plugin carries the Swift runtime, exports `lv2_descriptor` alone, and stays loaded once it is loaded.
let selfContained: [LinkerSetting] = [
  .unsafeFlags(
    [
      "-static-stdlib", "-use-ld=lld", "-Xlinker",
      "--version-script=\(Context.packageDirectory)/bundles/plugin.map",
      "-Xlinker", "--gc-sections", "-Xlinker", "-z", "-Xlinker", "nodelete",
    ] + (isWatched ? [] : ["-Xlinker", "-z", "-Xlinker", "defs"]))
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies)
}
/// `fixtures`: the tests have files of their own in `Fixtures/`, which they find beside themselves.
func test(_ name: String, _ dependencies: [Target.Dependency], fixtures: Bool = false) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: fixtures ? ["Fixtures"] : [])
}
func system(_ name: String, _ pkgConfig: String, _ package: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

let package = Package(
  name: "fotoplayer",
  products: [
    .executable(name: "fotoplayer", targets: ["fotoplayer"]),
    .executable(name: "fotoplayer-train", targets: ["fotoplayer-train"]),
    .executable(name: "lv2-perform", targets: ["lv2-perform"]),
    .library(name: "FotoplayerPlugin", type: .dynamic, targets: ["PluginEntry"]),
    // For the tests alone
    .library(name: "ClickPiano", type: .dynamic, targets: ["ClickPiano"]),
  ],
  traits: [
    .trait(
      name: "Films", description: "The trainer draws, reads and checks films: with libav and cairo."
    ),
    .trait(name: "Captions", description: "The trainer reads captions: with sentencepiece."),
    .trait(name: "MPI", description: "The trainer can be several processes: with an MPI."),
    .default(enabledTraits: ["Films", "Captions"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
  ],
  targets: [
    // Libraries of the system
    system("CSampleRate", "samplerate", "libsamplerate0-dev"),
    system("CSndFile", "sndfile", "libsndfile1-dev"),
    system("CLilv", "lilv-0", "liblilv-dev"),
    system("COpenBLAS", "openblas", "libopenblas-dev"),
    system("CLibAV", "libavformat", "libavformat-dev"),
    system("CCairo", "cairo", "libcairo2-dev"),
    // Whichever MPI is Debian's choice, or the one that the environment names, such as ompi-c or mpich.
    system("CMPI", Context.environment["FOTOPLAYER_MPI"] ?? "mpi-c", "libopenmpi-dev"),
    .target(name: "CLV2", publicHeadersPath: "include"),

    // The engine
    .target(name: "Kernels", publicHeadersPath: "include", cSettings: fastC),
    room("Tensors", ["Kernels"]),
    room("Layers", ["Tensors"]),
    .target(name: "CTorch", publicHeadersPath: "include"),
    room("Torch", ["Tensors", "CTorch"]),

    // The ground: no models here
    room("Score"),
    room("Resampling", ["CSampleRate"]),
    room("Terminal"),
    room("Evaluation", ["Score"]),
    room("Media", ["CSndFile", "Resampling"]),
    room("Pictures"),
    room("Film", ["CLibAV", "Media", "Pictures"]),
    room("Keyboards", ["Pictures"]),
    room("Scenery", ["CCairo", "Keyboards", "Pictures", "Score"]),
    room("Causes", ["Pictures", "Scenery", "Score"]),

    // The instrument
    room("Codec", ["Layers", "Score"]),
    room("Generator", ["Layers", "Score"]),
    room("Conditioning", ["Keyboards", "Layers", "Pictures", "Score"]),
    room("Hearing", ["Layers", "Tensors"]),
    .target(
      name: "CSentencePiece", publicHeadersPath: "include",
      linkerSettings: [.linkedLibrary("sentencepiece")]),
    room("Words", ["CSentencePiece", "Conditioning", "Tensors"]),
    room("Watching", ["Conditioning", "Film", "Keyboards", "Pictures", "Score", "Tensors"]),
    .target(name: "CRealtime", publicHeadersPath: "include"),
    room("Performer", ["Codec", "Generator", "Resampling", "Score", "CRealtime"]),
    room("Foley", ["Conditioning", "Generator", "Performer", "Tensors"]),
    room("Plugin", ["Performer", "CLV2", "CRealtime", "Score"]),
    .target(name: "CJack", publicHeadersPath: "include"),
    .target(name: "CLiblo", publicHeadersPath: "include"),
    room("JACK", ["CJack", "CRealtime", "Performer", "Score"]),
    .target(
      name: "PluginEntry", dependencies: ["Foley", "Plugin"],
      swiftSettings: [.unsafeFlags(["-static-stdlib"])], linkerSettings: selfContained),

    // The workshop: offline, never linked by the plugin
    room(
      "Training",
      [
        "Layers", "Torch", "Codec", "Conditioning", "Evaluation", "Generator", "Hearing", "Performer",
        "Media", "Resampling",
        "Score", "Terminal", .product(name: "Numerics", package: "swift-numerics"),
      ]),
    room(
      "Cluster",
      ["Terminal", "Training", .target(name: "CMPI", condition: .when(traits: ["MPI"]))]),
    room(
      "FilmSets",
      [
        "Causes", "Conditioning", "Evaluation", "Film", "Hearing", "Keyboards", "Media", "Pictures",
        "Resampling", "Scenery", "Score", "Tensors", "Training", "Watching",
      ]),
    room("Hosting", ["CLilv", "CLV2", "Score"]),
    .executableTarget(
      name: "fotoplayer",
      dependencies: [
        "Codec", "Conditioning", "Film", "Foley", "JACK", "Keyboards", "CLiblo", "Performer", "Pictures",
        "Media", "Resampling",
        "Scenery", "Score", "Tensors", "Terminal", "Watching",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "lv2-perform",
      dependencies: [
        "Hosting", "Media", "Score", "Terminal",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "fotoplayer-train",
      dependencies: [
        "Training", "Cluster", "Conditioning", "Evaluation", "Generator", "Hearing", "Tensors", "Media", "Score",
        "Terminal", "Torch",
        .target(name: "FilmSets", condition: .when(traits: ["Films"])),
        .target(name: "Scenery", condition: .when(traits: ["Films"])),
        .target(name: "Film", condition: .when(traits: ["Films"])),
        .target(name: "Watching", condition: .when(traits: ["Films"])),
        .target(name: "Words", condition: .when(traits: ["Captions"])),
        .target(name: "Causes", condition: .when(traits: ["Films"])),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // What is fast, and how fast beside others
    .target(
      name: "BenchmarkPeak", path: "Benchmarks/Peak", publicHeadersPath: "include",
      cSettings: [.unsafeFlags(["-O3", "-ffp-contract=fast"])]),
    .target(name: "Benchmarking", path: "Benchmarks/Benchmarking"),
    .executableTarget(
      name: "bench-kernels",
      dependencies: ["Benchmarking", "BenchmarkPeak", "Kernels", "COpenBLAS"],
      path: "Benchmarks/Kernels"),
    .executableTarget(
      name: "bench-models",
      dependencies: [
        "Benchmarking", "Codec", "Conditioning", "Generator", "Kernels", "Layers", "Tensors",
        "Torch", "Training",
      ],
      path: "Benchmarks/Models"),
    .executableTarget(
      name: "bench-plugin", dependencies: ["Benchmarking", "Hosting"], path: "Benchmarks/Plugin"),

    // A folder of tests for each room
    test("KernelsTests", ["Kernels"]),
    test("TensorsTests", ["Score", "Tensors", "Torch"], fixtures: true),
    test("TorchTests", ["Layers", "Tensors", "Torch", "ToyTrainer", "Training"]),
    test("LayersTests", ["Layers"], fixtures: true),
    test("ScoreTests", ["Score"], fixtures: true),
    test("EvaluationTests", ["Evaluation", "Score"], fixtures: true),
    test("MediaTests", ["Media"]),
    test("PicturesTests", ["Pictures"], fixtures: true),
    test("FilmTests", ["Film", "Pictures", "CLibAV"]),
    test("KeyboardsTests", ["Keyboards", "Pictures", "Scenery", "Score"]),
    test("SceneryTests", ["Keyboards", "Scenery", "Pictures", "Score"]),
    test("CausesTests", ["Causes", "Pictures", "Scenery", "Score"]),
    test("CodecTests", ["Codec", "Score", "Tensors"], fixtures: true),
    test(
      "ConditioningTests", ["Conditioning", "Layers", "Pictures", "Score", "Scratch", "Tensors"],
      fixtures: true),
    test("HearingTests", ["Hearing", "Scratch", "Tensors"], fixtures: true),
    test("WordsTests", ["Conditioning", "Scratch", "Tensors", "Words"], fixtures: true),
    test("GeneratorTests", ["Generator", "Kernels", "Layers", "Tensors"], fixtures: true),
    test("ResamplingTests", ["Resampling"]),
    test("PerformerTests", ["Performer", "Resampling", "Score", "CRealtime", "Kernels"]),
    test(
      "PluginTests",
      [
        "Hosting", "CLV2", "Foley", "Performer", "Score", "Scratch", "Tensors", "TestVoices", "Training", "Watching",
      ]),
    .target(
      name: "ClickPiano", dependencies: ["Plugin"], path: "Tests/ClickPiano",
      swiftSettings: [.unsafeFlags(["-static-stdlib"])], linkerSettings: selfContained),
    .executableTarget(
      name: "host-tool",
      dependencies: [
        "Hosting", "Media", "Score",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/HostTool"),
    test("JACKTests", ["JACK", "Score"]),
    test(
      "FotoplayerTests",
      [
        "fotoplayer", "fotoplayer-train", "Codec", "Conditioning", "Film", "Foley", "JACK", "Keyboards",
        "SmallFilms", "TestVoices", "Training",
        "Media", "Pictures", "Score", "Tensors", "Watching",
      ]),
    test(
      "TrainingTests",
      [
        "Training", "Cluster", "ToyTrainer", "Layers", "Codec", "Conditioning", "Generator", "Hearing", "Kernels",
        "Media", "Performer",
        "Score",
        "Scratch", "Tensors",
        .product(name: "Numerics", package: "swift-numerics"),
      ], fixtures: true),
    test(
      "FilmSetsTests",
      [
        "FilmSets", "Causes", "Conditioning", "Evaluation", "Film", "Media", "Pictures", "Scenery",
        "Score", "Scratch", "Training",
      ], fixtures: true),
    test(
      "WatchingTests",
      [
        "Watching", "Conditioning", "Film", "Keyboards", "Pictures", "Score", "Scratch",
        "SmallFilms", "Tensors",
      ]),
    .target(
      name: "TestVoices",
      dependencies: ["Codec", "Conditioning", "Generator", "Performer", "Tensors", "Training", "Watching"],
      path: "Tests/TestVoices"),
    .target(
      name: "Scratch", dependencies: ["Score", "Tensors"], path: "Tests/Scratch", exclude: ["drawn.py"]),
    .target(
      name: "SmallFilms",
      dependencies: ["Conditioning", "Film", "Keyboards", "Scenery", "Score", "Tensors"],
      path: "Tests/SmallFilms"),
    .executableTarget(
      name: "ToyTrainer", dependencies: ["Cluster", "Training", "Layers"], path: "Tests/ToyTrainer"),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
