// EffectClass: the sounds that are mixed from recordings without a film, and the words for each of them.
import Causes

/// One kind of sound.
struct EffectClass: Sendable {
  /// Once, now and then; steadily; one after another at the pace of a walk.
  enum Manner: Sendable { case events, steady, steps }

  let manner: Manner
  /// What is heard, and what does it, for the gaps of sentences: `a dog barks`, `barking`.
  let does: [String], heard: [String]

  init(_ does: [String], heard: [String]) { self.init(.events, does, heard: heard) }

  init(_ manner: Manner, _ does: [String], heard: [String]) {
    (self.manner, self.does, self.heard) = (manner, does, heard)
  }

  /// Captions of a clip in which it is heard so many times, perhaps with something steady behind it.
  func wording(times: Int, before background: EffectClass?) -> Wording {
    let counts = manner == .events ? [" " + Wording.times(times)[0], ""] : [""]
    var sentences = [
      "{does}{count}", "the sound of {is}", "{is}", "{does}", "a recording of {is}", "{is} can be heard",
      "one hears {is}",
    ]
    if background != nil {
      sentences = [
        "{does} while one hears {back}", "{is} with {back} in the background", "{is} and {back}",
        "{does}, and {back} behind it",
        "{back}, then {is}",
      ]
    }
    return Wording(sentences, ["does": does, "is": self.heard, "count": counts, "back": background?.heard ?? []])
  }

  /// By the names of the catalogue.
  static func named(_ name: String) -> EffectClass {
    if name.hasPrefix("footsteps on ") {
      let ground = name.dropFirst(13)
      return EffectClass(
        .steps,
        ["someone walks on \(ground)", "a person is walking on \(ground)", "somebody takes some steps on \(ground)"],
        heard: ["footsteps on \(ground)", "steps on \(ground)", "walking on \(ground)"])
    }
    return all[name] ?? EffectClass(["\(name) is heard"], heard: [name])
  }

  private static let all: [String: EffectClass] = [
    "door": EffectClass(
      ["a door closes", "a door falls shut", "someone closes a door"], heard: ["a closing door", "a door being shut"]),
    "breaking glass": EffectClass(
      ["glass breaks", "a pane shatters", "something made of glass is smashed"],
      heard: ["breaking glass", "shattering glass"]),
    "chopping wood": EffectClass(
      ["someone chops wood", "an axe cuts into wood", "wood is chopped"], heard: ["wood chopping", "axe blows on wood"]),
    "digging gravel": EffectClass(
      ["someone digs in gravel", "a shovel scrapes through gravel"], heard: ["digging in gravel", "a shovel in gravel"]),
    "metal clang": EffectClass(
      ["metal clangs", "metal strikes metal", "a piece of metal is hit"],
      heard: ["clanging metal", "metal against metal"]),
    "fire": EffectClass(
      .steady, ["a fire crackles", "a campfire burns", "flames crackle"],
      heard: ["a crackling fire", "burning wood", "flames"]),
    "running water": EffectClass(
      .steady, ["water flows", "a stream runs", "water is running"],
      heard: ["flowing water", "a running stream", "running water"]),
    "splash": EffectClass(
      ["something splashes into water", "water splashes"], heard: ["a splash of water", "splashing water"]),
    "explosion": EffectClass(["something explodes", "a bomb goes off"], heard: ["an explosion", "a detonation"]),
    "dog": EffectClass(
      ["a dog barks", "a barking dog is heard"], heard: ["a barking dog", "dog barks", "a dog barking"]),
    "cow": EffectClass(["a cow moos", "cattle are lowing"], heard: ["a mooing cow", "the moo of a cow"]),
    "sheep": EffectClass(["a sheep bleats", "a lamb bleats"], heard: ["a bleating sheep", "bleating"]),
    "rooster": EffectClass(["a rooster crows", "a cock crows"], heard: ["a crowing rooster", "a cockerel crowing"]),
    "hen": EffectClass(["a hen clucks", "a chicken clucks"], heard: ["a clucking hen", "clucking chickens"]),
    "duck": EffectClass(["a duck quacks"], heard: ["a quacking duck", "quacking"]),
    "goose": EffectClass(["a goose honks", "a goose cries"], heard: ["a honking goose"]),
    "pig": EffectClass(["a pig grunts", "a pig oinks"], heard: ["a grunting pig"]),
    "horse": EffectClass(
      ["a horse neighs", "a horse whinnies"], heard: ["a neighing horse", "the whinny of a horse"]),
    "galloping horse": EffectClass(
      .steady, ["a horse gallops past", "a horse trots by"], heard: ["the hooves of a horse", "a galloping horse"]),
    "birds": EffectClass(
      .steady, ["birds sing", "birds are chirping"], heard: ["birdsong", "chirping birds", "singing birds"]),
    "gull": EffectClass(["a gull cries", "a seagull calls"], heard: ["the cry of a gull", "a seagull calling"]),
    "crow": EffectClass(["a crow caws"], heard: ["a cawing crow"]),
    "owl": EffectClass(["an owl hoots", "an owl calls at night"], heard: ["a hooting owl"]),
    "wolf": EffectClass(["a wolf howls"], heard: ["a howling wolf", "the howl of a wolf"]),
    "frogs": EffectClass(.steady, ["frogs croak"], heard: ["croaking frogs", "frogs at a pond"]),
    "buzzing insect": EffectClass(
      .steady, ["an insect buzzes", "a bee hums about"], heard: ["a buzzing insect", "the buzz of a fly or a bee"]),
    "crickets": EffectClass(
      .steady, ["crickets chirp", "crickets sing at night"], heard: ["chirping crickets", "crickets"]),
    "thunder": EffectClass(
      ["thunder rolls", "it thunders", "lightning strikes"], heard: ["thunder", "a clap of thunder"]),
    "rain": EffectClass(.steady, ["it rains", "rain falls"], heard: ["falling rain", "rain", "pouring rain"]),
    "sea": EffectClass(
      .steady, ["waves break on a shore", "the sea surges"], heard: ["waves of the sea", "the surf"]),
    "aeroplane": EffectClass(
      .steady, ["an aeroplane flies over", "a plane's engine drones"], heard: ["an aeroplane", "the engine of a plane"]),
    "helicopter": EffectClass(
      .steady, ["a helicopter hovers", "a helicopter flies by"], heard: ["a helicopter", "the rotor of a helicopter"]),
    "engine": EffectClass(
      .steady, ["an engine runs", "a heavy vehicle drives"], heard: ["a running engine", "a heavy engine"]),
    "machine": EffectClass(.steady, ["machines run in a factory"], heard: ["factory machines", "running machinery"]),
    "car horn": EffectClass(["a car honks", "a driver sounds the horn"], heard: ["a car horn", "honking"]),
    "siren": EffectClass(
      .steady, ["a siren wails", "an emergency vehicle passes"], heard: ["a siren", "a wailing siren"]),
    "gunshot": EffectClass(["a gun is fired", "a shot rings out"], heard: ["a gunshot", "a shot from a gun"]),
    "thud": EffectClass(
      ["something heavy falls", "a body hits the ground"], heard: ["a dull thud", "a heavy impact"]),
  ]
}
