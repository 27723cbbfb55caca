// Trainer: the loop: shards to threads, gradients to one sum, the optimiser's step, and now and then the run's folder.
// The weights after a step are the same bits whatever the number of threads and however often the run was broken off.
import Foundation
import Kernels
import Tensors
import Terminal

/// Trains one task in one folder.
public final class Trainer<Task: TrainingTask> {
  public enum Outcome: Equatable {
    case finished
    /// Stopped after a step, with a checkpoint, by a signal or by `RunOptions.until`.
    case stopped(step: Int, signal: Int32?)
  }

  public let task: Task
  public let configuration: TrainerConfiguration
  public let options: RunOptions
  /// The last step done.
  public private(set) var step: Int

  private let path: String
  private let part: RankPart
  /// Nil in all ranks but the first.
  private let folder: RunFolder?
  private let log: TrainingLog?
  private let state: OptimiserState
  private let average: ExponentialAverage
  private let sum: GradientSum
  private var recent: RecentSteps
  private var savedStep: Int
  private var savedTime = ProcessInfo.processInfo.systemUptime

  /// Opens the run, and goes on from its last complete checkpoint if there is one.
  ///
  /// - Throws: `TrainingError` when the folder holds another run, or weights that are not this model's.
  public init(_ task: Task, _ configuration: TrainerConfiguration, folder path: String, options: RunOptions) throws {
    fp_recycle_memory()
    self.task = task
    self.configuration = configuration
    self.options = options
    let description: JSON = [
      "format": 1, "task": JSON(task.name), "model": task.configuration, "trainer": configuration.json,
    ]
    self.path = path
    part = try RankPart(options.ranks, shards: configuration.shards)
    folder = try part.isFirst ? RunFolder(path: path, configuration: description) : nil
    try part.ranks?.agree(on: description)
    state = OptimiserState(task.weights)
    average = ExponentialAverage(task.weights, decay: configuration.averageDecay)
    sum = GradientSum(task.weights)
    let last = folder.flatMap { Checkpoint.all(in: $0.checkpoints).last }
    try last?.restore(state, average, beside: task.adversary?.parts ?? [])
    step = last?.step ?? 0
    savedStep = last?.step ?? -1
    log = try folder.map { try TrainingLog(path: $0.log, after: last?.step ?? 0) }
    recent = RecentSteps(secondsPerStep: task.secondsPerShard * Double(configuration.shards))
    if let ranks = part.ranks { try part.orLeave { try takeOver(from: ranks) } }
  }

  /// Begins where rank 0 begins.
  private func takeOver(from ranks: any Ranks) throws {
    step = try ranks.share(step)
    for memory in memories { try ranks.share(memory.data, count: memory.count) }
    for (_, tensor) in (task.adversary?.parts ?? []).flatMap(\.tensors) {
      try ranks.share(tensor.data, count: tensor.shape.count)
    }
  }

  /// All that a step changes, beside the adversary.
  private var memories: [Storage] { [task.weights.flat, state.first, state.second, average.flat] }

  /// Trains to the end of the schedule, or to where it is told to stop.
  public func run() throws -> Outcome { try part.orLeave { try proceed() } }

  private func proceed() throws -> Outcome {
    let end = configuration.schedule.steps
    let goal = min(end, options.until ?? end)
    guard step < goal else { return step == end ? .finished : .stopped(step: step, signal: nil) }
    let pool = WorkerPool(threads: min(options.threads, part.shards.count))
    let groups = part.groups(options.accumulate)
    let preparers = options.preparers ?? max(2, options.threads / 2)
    let batches = BatchQueue(
      groups: step * groups.count..<goal * groups.count, threads: preparers, ahead: preparers + 1
    ) { [task, configuration] number in
      try groups[number % groups.count].map { shard in
        var random = ShardRandom(seed: configuration.seed, step: number / groups.count + 1, shard: shard)
        return try task.shard(&random)
      }
    }
    defer {
      pool.close()
      batches.close()
    }
    var bar = ProgressBar(total: end, unit: "steps")
    recent.begin()
    do {
      while step < goal && part.signal == nil {
        try options.engine.map { try $0.perform { try advance(batches, pool) } } ?? advance(batches, pool)
        if showsProgress { bar.show(step, recent.note) }
        if step % options.logEvery == 0 || step == goal { try log?.append(recent.line(step: step, of: end)) }
        if isCheckpointDue { try save() }
        if step == end || options.evaluateEvery.map({ step % $0 == 0 }) ?? false { try evaluate() }
      }
      if showsProgress { bar.finish() }
      try save()
      // From here all end in order, or none does.
      try part.ranks?.meet()
    } catch let error as Divergence where part.isFirst {
      // The weights are still those of the step before, which were good, unless they were being moved.
      if !error.isWhileMoving { try? save() }
      throw TrainingError(
        "\(path): step \(error.isWhileMoving ? step : step + 1): \(error.description). The weights of \(savedWords) are kept; "
          + error.advice)
    } catch {
      try rescue(after: error)
    }
    return step == end ? .finished : .stopped(step: step, signal: part.signal)
  }

  private var showsProgress: Bool { options.showsProgress && part.isFirst }

  /// One step. It is done when the weights have moved; until then they are those of the step before.
  private func advance(_ batches: BatchQueue<Task.Shard>, _ pool: WorkerPool) throws {
    sum.reset()
    task.adversary?.begin()
    for group in part.groups(options.accumulate) {
      let (shards, waited) = try batches.next()
      recent.add(waited: waited)
      let before = group.lowerBound - part.shards.lowerBound
      pool.run(shards.count) { [task, sum] index in
        let losses = task.losses(shards[index])
        let shard = before + index
        sum.add(shard, gradients: gradients(of: losses.total, for: task.weights.parameters), losses)
        if let opposition = losses.opposition { task.adversary?.add(shard, opposition) }
      }
    }
    if let ranks = part.ranks {
      try checkEngine()
      try sum.combine(ranks)
      try task.adversary?.combine(ranks)
    }
    let (loss, parts) = sum.losses(shards: configuration.shards)
    let share = 1 / Float(configuration.shards)
    let norm = try part.agreed(norm: sum.norm() * share)
    try checkEngine()
    guard loss.isFinite else { throw Divergence(description: "the loss is \(loss)") }
    guard norm.isFinite else { throw Divergence(description: "the gradient's norm is \(norm), the loss \(loss)") }
    try task.adversary?.advance(step: step + 1, shards: configuration.shards, pool)
    step += 1
    let rate = configuration.schedule.rate(step)
    let scale = share * min(1, configuration.clip / (norm + 1e-6))
    state.update(pool, configuration.optimiser, step: step, rate: rate, gradient: sum.flat, scale: scale)
    average.update(step: step)
    try checkEngine(isWhileMoving: true)
    recent.add(loss: loss, parts: parts, norm: norm, rate: rate)
  }

  /// What a device could not compute is no number either: nothing of the step is kept.
  private func checkEngine(isWhileMoving: Bool = false) throws {
    do { try Engine.current?.check() } catch {
      throw Divergence(
        description: "\(error)", isWhileMoving: isWhileMoving, advice: "the same command goes on from there")
    }
  }

  private var isCheckpointDue: Bool {
    if options.checkpointEvery.map({ step % $0 == 0 }) ?? false { return true }
    if options.milestoneEvery.map({ step % $0 == 0 }) ?? false { return true }
    return ProcessInfo.processInfo.systemUptime - savedTime >= options.checkpointMinutes * 60
  }

  /// Writes a checkpoint unless the step has one. Where there is no room, the older ones make some, and it tries again.
  private func save() throws {
    guard let folder, savedStep != step else { return }
    // What is on a device comes home first: if it cannot, nothing is written.
    for memory in memories { _ = memory.data }
    try options.engine?.check()
    let beside = task.adversary?.parts ?? []
    do { try Checkpoint.write(in: folder.checkpoints, step: step, state, average, beside: beside) } catch {
      guard Checkpoint.all(in: folder.checkpoints).count > 1 else { throw error }
      Checkpoint.prune(in: folder.checkpoints, keep: 1, milestone: options.milestoneEvery)
      try Checkpoint.write(in: folder.checkpoints, step: step, state, average, beside: beside)
    }
    savedStep = step
    savedTime = ProcessInfo.processInfo.systemUptime
    Checkpoint.prune(in: folder.checkpoints, keep: options.keep, milestone: options.milestoneEvery)
    try LossPlot.draw(log: folder.log, to: folder.plot)
  }

  private func evaluate() throws {
    guard let folder, let log else { return }
    let measures = try average.lent { try task.evaluate(step: step, folder: folder.samples) }
    guard !measures.isEmpty else { return }
    let members = measures.map { JSON.Member($0.name, JSON(short: $0.value)) }
    try log.append(["step": JSON(step), "measures": .object(members)])
  }

  /// Something could not be written or read: keeps what can be kept, and says what is left.
  private func rescue(after error: any Error) throws -> Never {
    try? save()
    if error is LostRank {
      // Where the launcher shows nothing more of what is said, the log has it.
      try? log?.append(["step": JSON(step), "stopped": JSON("\(error)")])
      let kept = folder == nil ? "its last checkpoint" : savedWords
      throw TrainingError(
        "\(error)\nThe run in \(path) is whole up to \(kept): the same command goes on from there, with any number of ranks"
      )
    }
    // The first will say what is kept.
    guard part.isFirst else { throw error }
    throw TrainingError(
      "\(error)\nThe run in \(path) is whole up to \(savedWords): "
        + "once the cause is gone (is the disk full?), the same command goes on from there")
  }

  private var savedWords: String { savedStep < 0 ? "its beginning" : "step \(savedStep)" }
}

/// Numbers that are none.
struct Divergence: Error, CustomStringConvertible {
  let description: String
  /// Whether the weights are half moved, and not to be kept.
  var isWhileMoving = false
  var advice = "a lower rate, a longer warm-up or a smaller clip may help, in another folder"
}
