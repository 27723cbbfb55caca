// EffectCatalogue: which free recordings of Debian's packages are heard in which sounds, and what may be done with them.
// Files are named without their endings; * stands for anything, and a folder before a name must be theirs.

/// A package with recordings.
public struct EffectPackage: Sendable {
  public let name: String
  /// As its debian/copyright states it for the sounds.
  public let licence: String
  /// Kept from learning: what is tested is heard in recordings of nobody who recorded what was learned.
  public let isHeldOut: Bool
  /// Where it puts them, below /usr/share.
  let folder: String
  /// Files of each sound, with spaces between them.
  let files: [String: String]

  init(
    _ name: String, licence: String, folder: String, isHeldOut: Bool = false, _ files: [String: String]
  ) {
    (self.name, self.licence, self.folder, self.isHeldOut, self.files) = (name, licence, folder, isHeldOut, files)
  }

  public static let all: [EffectPackage] = [
    EffectPackage(
      "minetest-data", licence: "CC BY-SA 3.0, doors CC BY 3.0", folder: "games/minetest",
      [
        "footsteps on wood": "default_wood_footstep.*", "footsteps on grass": "default_grass_footstep.*",
        "footsteps on gravel": "default_gravel_footstep.*", "footsteps on stone": "default_hard_footstep.*",
        "footsteps on sand": "default_sand_footstep.*", "footsteps on snow": "default_snow_footstep.*",
        "footsteps on metal": "default_metal_footstep.*", "footsteps on dirt": "default_dirt_footstep.*",
        "footsteps on ice": "default_ice_footstep.*",
        "door":
          "doors_door_close doors_steel_door_close doors_glass_door_close doors_fencegate_close xpanes_steel_bar_door_close",
        "breaking glass": "default_break_glass.*", "chopping wood": "default_dig_choppy.*",
        "digging gravel": "default_gravel_dig.* default_gravel_dug.*",
        "metal clang": "default_dig_metal default_dug_metal.* default_place_node_metal.*",
        "fire": "fire_fire.* fire_large fire_small", "running water": "env_sounds_water.*",
        "splash": "default_water_footstep.*", "explosion": "tnt_explode",
      ]),
    EffectPackage(
      "scorched3d-data", licence: "GPL-2+, parts CC BY-SA 3.0", folder: "games/scorched3d",
      [
        "dog": "misc/dog misc/dog2", "cow": "misc/moo misc/cows", "sheep": "misc/sheep", "rooster": "misc/rooster",
        "birds": "misc/birdchirp* misc/birds1 misc/birds2", "gull": "misc/gull*", "frogs": "misc/frogs",
        "wolf": "misc/wolf", "thunder": "misc/thunder* explosions/thunder explosions/lightningbolt",
        "rain": "misc/rain", "sea": "misc/oceanwaves", "splash": "misc/splash",
        "aeroplane": "misc/cessna misc/jet misc/f16_* misc/f18_* misc/t38",
        "helicopter": "misc/helicopter misc/apache_1",
        "explosion": "explosions/small explosions/medium explosions/large explosions/xlarge explosions/exp",
        "car horn": "misc/carhorn*", "siren": "misc/firetruck misc/policecar", "machine": "misc/factoryloop1",
        "engine": "movement/tankmove", "gunshot": "shoot/shotgun",
      ]),
    EffectPackage(
      "tuxpaint-stamps-default", licence: "GPL-2", folder: "tuxpaint/stamps",
      [
        "dog": "dogs/dog", "cow": "bovines/cow bovines/cow_white bovines/bull",
        "sheep": "bovines/sheep bovines/sheep_lamb",
        "horse": "equines/horse", "pig": "mammals/pig", "rooster": "birds/rooster", "hen": "birds/hen",
        "duck": "birds/duck", "goose": "birds/gander", "frogs": "amphibians/frog",
        "buzzing insect": "insects/bee insects/hornet insects/mosquito", "crickets": "insects/grasshopper",
        "birds": "birds/blackbird birds/lark", "crow": "birds/crow", "owl": "birds/owl", "gull": "birds/seagull",
        "thunder": "naturalforces/lightningbolt", "siren": "emergency/firetruck",
      ]),
    EffectPackage(
      "wesnoth-1.16-data", licence: "GPL-2+", folder: "games/wesnoth",
      [
        "birds": "ambient/birds* ambient/morning", "fire": "ambient/campfire", "crickets": "ambient/night",
        "explosion": "sounds/explosion", "thunder": "sounds/lightning sounds/rumble",
        "galloping horse": "sounds/horse-canter sounds/horse-elf-canter", "chopping wood": "sounds/axe sounds/hatchet",
        "metal clang": "sounds/sword-1 sounds/mace", "gunshot": "sounds/gunshot sounds/thunderstick",
        "splash": "sounds/water-blast",
      ]),
    EffectPackage(
      "searchandrescue-data", licence: "GPL", folder: "games/searchandrescue",
      [
        "door": "sounds/door_close", "helicopter": "sounds/helicopter_engine_outside*",
        "aeroplane": "sounds/jet_engine_outside", "thunder": "sounds/thunder_*",
        "splash": "sounds/splash_aircraft sounds/splash_human", "thud": "sounds/thud_*",
      ]),
    EffectPackage(
      "scratch", licence: "CC BY-SA 3.0", folder: "scratch/Media/Sounds", isHeldOut: true,
      [
        "door": "Effects/DoorClose", "dog": "Animal/Dog1 Animal/Dog2", "birds": "Animal/Bird", "horse": "Animal/Horse",
        "galloping horse": "Animal/HorseGallop", "rooster": "Animal/Rooster", "owl": "Animal/Owl",
        "duck": "Animal/Duck", "goose": "Animal/Goose", "crickets": "Animal/Crickets", "wolf": "Animal/WolfHowl",
        "running water": "Effects/WaterRunning Effects/Ripples",
      ]),
    EffectPackage(
      "lugaru-data", licence: "CC BY-SA 3.0", folder: "games/lugaru", isHeldOut: true,
      [
        "footsteps on grass": "FootStepGrass*", "footsteps on snow": "FootStepSnow*",
        "footsteps on stone": "FootStepStone*", "dog": "Bark Bark2 Bark3", "fire": "Sounds/Fire",
        "metal clang": "Clank* MetalHit", "thud": "Sounds/Thud HeavyImpact",
      ]),
    EffectPackage(
      "flare-game", licence: "CC BY-SA 3.0 or later", folder: "games/flare", isHeldOut: true,
      [
        "footsteps on metal": "steps/step_metal*", "footsteps on stone": "steps/step_echo*",
        "fire": "environment/open_fire_loop", "running water": "environment/river_loop", "rain": "environment/rain",
        "thunder": "powers/thunder", "birds": "environment/bird_twitter_loop", "owl": "environment/forest_owl_loop",
        "metal clang": "inventory/inventory_metal inventory/inventory_maille",
      ]),
  ]
}
