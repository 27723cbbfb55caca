// Wiring: connections that are wished for by patterns, made as soon as their other ends appear.
// What somebody has undone by hand stays undone until the port that it led to appears anew.
import Glibc

/// Wishes for a client's connections.
public final class Wiring {
  /// From these ports of ours, in turn, to what a pattern matches; or the other way round.
  private struct Wish {
    let contents: Client.Contents
    /// Of our ports.
    let direction: Client.Direction
    let pattern: String
  }

  private let wishes: [Wish]
  /// The other ends that were there when it was last looked, and all connections.
  private var seen: Set<String> = []
  private var wires: [(ours: String, theirs: String, direction: Client.Direction)] = []
  /// Connections of a server that went, until they are made again.
  private var kept: [(ours: String, theirs: String, direction: Client.Direction)] = []
  /// The state of the graph that was last looked at.
  private var looked: Int?

  /// - Parameter wishes: of `contents`, where our ports are outputs or inputs, the patterns for the other ends.
  public init(_ wishes: [(contents: Client.Contents, direction: Client.Direction, patterns: [String])]) {
    self.wishes = wishes.flatMap { wish in
      wish.patterns.map { Wish(contents: wish.contents, direction: wish.direction, pattern: $0) }
    }
  }

  /// Whether a pattern means a port: its full name with `*`, `?` and `[…]`, or the name of a client for all its ports.
  public static func matches(_ pattern: String, _ port: String) -> Bool {
    let name = pattern.contains(":") ? port : String(port.prefix { $0 != ":" })
    return fnmatch(pattern, name, 0) == 0
  }

  /// The patterns that no port of `client`'s neighbours matches.
  public func missing(_ client: Client) -> [String] {
    wishes.filter { wish in theirs(wish, client).isEmpty }.map(\.pattern)
  }

  /// The ports that the patterns could mean.
  public func candidates(_ client: Client) -> [String] {
    var names: [String] = []
    for wish in wishes {
      for name in client.ports(wish.contents, wish.direction == .output ? .input : .output)
      where !names.contains(name) && !name.hasPrefix(client.name + ":") {
        names.append(name)
      }
    }
    return names
  }

  private func theirs(_ wish: Wish, _ client: Client) -> [String] {
    client.ports(wish.contents, wish.direction == .output ? .input : .output).filter {
      !$0.hasPrefix(client.name + ":") && Self.matches(wish.pattern, $0)
    }
  }

  /// Makes what can be made with ports that have appeared since the last time.
  ///
  /// - Returns: the connections that were made, as source and destination.
  public func look(_ client: Client, ports: [(Port, Client.Contents, Client.Direction)]) -> [(String, String)] {
    let changes = client.notices.graphChanges.load(ordering: .relaxed)
    guard looked != changes else { return [] }
    looked = changes
    var made: [(String, String)] = []
    var present: Set<String> = []
    func join(_ ours: String, _ theirs: String, _ direction: Client.Direction) {
      let (source, destination) = direction == .output ? (ours, theirs) : (theirs, ours)
      if made.contains(where: { $0 == (source, destination) }) { return }
      if client.connect(source, to: destination) { made.append((source, destination)) }
    }
    for wish in wishes {
      let ours = ports.filter { $0.1 == wish.contents && $0.2 == wish.direction }.map(\.0.name)
      guard !ours.isEmpty else { continue }
      for (index, name) in theirs(wish, client).enumerated() {
        present.insert(name)
        if !seen.contains(name) { join(ours[index % ours.count], name, wish.direction) }
      }
    }
    let everything = Set(
      ports.flatMap { client.ports($0.1, $0.2 == .output ? .input : .output) })
    kept.removeAll { wire in
      guard everything.contains(wire.theirs) else { return false }
      join(client.name + ":" + wire.ours, wire.theirs, wire.direction)
      return true
    }
    seen = present
    wires = ports.flatMap { port, _, direction in
      client.connections(of: port).map { (String(port.name.drop { $0 != ":" }.dropFirst()), $0, direction) }
    }
    return made
  }

  /// The server went: what was connected will be connected again.
  public func forget() {
    kept += wires.filter { wire in !kept.contains { $0.ours == wire.ours && $0.theirs == wire.theirs } }
    wires = []
    seen = []
    looked = nil
  }
}
