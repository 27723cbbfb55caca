// InstalledVoiceTests: a voice that `fotoplayer-train style --install` put beside the plugin is a preset that plays.
import Foundation
import Hosting
import Score
import Testing
import Training

@Suite struct InstalledVoiceTests {
  @Test func `An installed voice is a preset that hosts find and the plugin plays`() throws {
    let bundle = try TestBundle()
    let place = NSTemporaryDirectory() + "fotoplayer-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: place) }
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try "CLICK 0.5".write(toFile: place + "/mine.safetensors", atomically: true, encoding: .utf8)
    let name = "Tante Ännes \"Flügel\" 2"
    let path = try VoiceBundle.install(place + "/mine.safetensors", name: name, in: place)
    #expect(path == place + "/fotoplayer-tante-nnes-fl-gel-2.preset.lv2/tante-nnes-fl-gel-2.safetensors")
    let folder = (path as NSString).deletingLastPathComponent
    let plugin = try LV2Bundle(bundle.folder, beside: [folder])
    let host = try LV2Host(plugin, sampleRate: 48_000, bufferSize: 256)
    try host.apply(try #require(plugin.presets.first { $0.label == name }))
    #expect(host.property(voiceURI) == path)
    #expect(host.render(48_000, events: [(1000, [0x90, 60, 100])]).contains { $0 != 0 })
    #expect(throws: TrainingError.self) { try VoiceBundle.install("/nowhere", name: "x", in: place) }
  }
}
