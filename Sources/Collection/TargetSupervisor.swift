package import Configuration
import Logging
package import OperatingSystem

/// Runs the monitors of all targets; adds, restarts and removes single monitors while the others continue.
///
/// A target whose settings do not change keeps its monitor: its data, its ledger and its running verification. If its
/// settings change, the monitor stops, saves the ledger, and a new monitor loads it, in this order, so that no outcome
/// is counted twice.
package actor TargetSupervisor {
    /// Creates the monitor of a target, from its state file if there is one.
    package typealias Make = @Sendable (TargetSettings, Configuration) async throws(StartupError) -> TargetMonitor

    private struct Running {
        var settings: TargetSettings
        var monitor: TargetMonitor
        /// Nil until ``run()``.
        var task: Task<Void, Never>?
    }

    private let make: Make
    private let store: SnapshotStore
    private var running: [String: Running] = [:]
    private var phase = Phase.prepared

    private enum Phase {
        /// The monitors exist, but none of them is running.
        case prepared
        case running
        case stopping
    }

    /// The result of a change, by target name.
    package struct Changes: Sendable, Equatable {
        package var added: [String] = []
        package var restarted: [String] = []
        package var removed: [String] = []
        package var kept: [String] = []
        /// Targets that are configured but no longer collected, with the reason.
        package var failed: [String: String] = [:]
    }

    package init(store: SnapshotStore, make: @escaping Make) {
        self.store = store
        self.make = make
    }

    /// Applies a new list of targets; the caller makes one call at a time.
    ///
    /// If the state file of a changed target has become unusable, the target is not collected until a later call
    /// succeeds. The result reports it, and the changes to the other targets still apply. The same holds for a new target
    /// of a target file.
    ///
    /// - Throws: ``StartupError`` if the state file of another new target cannot be used; nothing has changed in that case.
    @discardableResult
    package func apply(_ configuration: Configuration) async throws(StartupError) -> Changes {
        let new = await prepare(configuration)
        for (name, error) in new.failed where configuration.origins[name] == nil { throw error }
        return await apply(configuration, new, readsPasswords: true)
    }

    /// Applies a new list of targets, of which only those of target files have changed.
    ///
    /// Nothing is done to other targets: they do not even read their passwords again.
    package func applyTargetFiles(of configuration: Configuration) async -> Changes {
        await apply(configuration, await prepare(configuration), readsPasswords: false)
    }

    /// The monitors of new targets, and the targets whose state file cannot be used.
    private func prepare(
        _ configuration: Configuration
    ) async -> (made: [Running], failed: [String: StartupError]) {
        var (made, failed): ([Running], [String: StartupError]) = ([], [:])
        for target in configuration.targets where running[target.name] == nil {
            let settings = TargetSettings(target, of: configuration)
            do throws(StartupError) {
                made.append(Running(settings: settings, monitor: try await make(settings, configuration)))
            } catch {
                failed[target.name] = error
            }
        }
        return (made, failed)
    }

    private func apply(
        _ configuration: Configuration, _ new: (made: [Running], failed: [String: StartupError]), readsPasswords: Bool
    ) async -> Changes {
        let wanted = configuration.targets.map { TargetSettings($0, of: configuration) }
        var changes = Changes(failed: new.failed.mapValues(\.description))
        for settings in wanted {
            let name = settings.target.name
            guard let old = running[name] else { continue }
            guard settings != old.settings else {
                if readsPasswords { await old.monitor.readPasswordAgain() }
                changes.kept.append(name)
                continue
            }
            await stop(old)
            running[name] = nil
            do throws(StartupError) {
                await begin(Running(settings: settings, monitor: try await make(settings, configuration)))
                changes.restarted.append(name)
            } catch {
                changes.failed[name] = error.description
                // Its page is no longer updated.
                store.drop(name)
            }
        }
        let names = wanted.map(\.target.name)
        let wantedNames = Set(names)
        for (name, old) in running where !wantedNames.contains(name) {
            await stop(old)
            running[name] = nil
            changes.removed.append(name)
        }
        for entry in new.made {
            await begin(entry)
            changes.added.append(entry.settings.target.name)
        }
        store.setTargets(names)
        return changes
    }

    /// Runs the monitors until the task is cancelled, and returns when all of them have saved their state.
    package func run() async {
        guard phase == .prepared else { return }
        phase = .running
        for name in running.keys { start(name) }
        let (untilCancelled, continuation) = AsyncStream<Never>.makeStream()
        for await _ in untilCancelled {}
        continuation.finish()
        phase = .stopping
        for entry in running.values { entry.task?.cancel() }
        for entry in running.values { await entry.task?.value }
    }

    /// The first page is created before it can be requested.
    private func begin(_ entry: Running) async {
        let name = entry.settings.target.name
        running[name] = entry
        await entry.monitor.publish()
        start(name)
    }

    private func start(_ name: String) {
        // `run` may have started the monitor while the first page was being created.
        guard phase == .running, let entry = running[name], entry.task == nil else { return }
        running[name]?.task = Task { await entry.monitor.run() }
    }

    private func stop(_ entry: Running) async {
        entry.task?.cancel()
        await entry.task?.value
    }
}
