// PluginKind: what tells the instruments of this library from each other: names, their own voice, where the knobs stand.

/// An instrument that hosts know by its URI.
public struct PluginKind: Sendable {
  let uri: String
  /// For people.
  let name: String
  /// The file of its own voice, in the bundle's folder of voices.
  let voice: String
  /// Whether a prompt and a film lead it.
  let isLed: Bool
  /// At the defaults of its .ttl.
  let controls: Controls

  public static let piano = PluginKind(
    uri: "urn:fotoplayer:piano", name: "Fotoplayer Piano", voice: "piano.safetensors", isLed: false,
    controls: Controls())

  public static let foley = PluginKind(
    uri: "urn:fotoplayer:foley", name: "Fotoplayer Foley", voice: "foley.safetensors", isLed: true,
    controls: Controls(
      steps: Control(1, 32, initially: 8), block: Control(1, 24, initially: 6), guidance: Control(0, 8, initially: 2)))
}
