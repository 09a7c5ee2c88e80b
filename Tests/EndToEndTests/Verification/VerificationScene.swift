import Foundation
import MailStoreSimulator

/// A server with one store and an exporter that verifies it with the next minute.
///
/// It takes no seat: nearly all of its time it waits.
struct VerificationScene {
    let folder: TemporaryFolder
    let simulator: Simulator

    /// The beginning of the log of every verification of the store.
    static let head = "Verifying file group #11...\r\nCreating a list of messages to be verified...\r\n"

    /// - Parameters:
    ///   - messages: How many the store holds.
    ///   - speed: How many of them the server verifies in a second.
    init(messages: Int, speed: Double, _ change: (inout SimulatorOptions) -> Void = { _ in }) throws {
        folder = try TemporaryFolder()
        simulator = try Simulator(
            Scene.simulatorOptions { options in
                options.speed = 1
                options.isAlive = false
                options.history = 0
                options.messagesVerifiedPerSecond = speed
                change(&options)
            })
        simulator.change { world in
            world.stores = [
                SimulatedStore(id: 11, name: "Archive", requestedState: "current", messages: messages)
            ]
        }
    }

    /// Starts an exporter.
    ///
    /// - Parameter schedule: By default so seldom that no test meets it.
    func exporter(schedule: String = "0 0 29 2 *") async throws -> Exporter {
        try await Exporter(configuration: configuration(schedule: schedule))
    }

    func configuration(schedule: String) throws -> String {
        try Scene.configuration(for: simulator, in: folder) { configuration in
            configuration.targets[0].more = ["verification:", "  schedule: \"\(schedule)\"", "  time_zone: UTC"]
        }
    }

    /// The calls that are about verifications, in order.
    var calls: [RequestRecord] {
        simulator.requestLog().filter { ["VerifyStore", "get-status", "cancel-async"].contains($0.function) }
    }

    /// The kept logs of the store, oldest first.
    var logs: [String] {
        folder.files().filter { $0.hasPrefix("state/archive.verifications/11/") && $0.hasSuffix(".log") }
    }

    /// What the log of a whole verification says: each line once.
    static func wholeLog(messages: Int) -> String {
        head + stride(from: 400, through: messages, by: 400).map { "  \($0) messages verified...\r\n" }.joined()
    }
}

extension Page {
    /// The exporter's own verifications that were counted, by result.
    var ownVerifications: [String: Int] {
        var counted: [String: Int] = [:]
        for (series, value) in samples where series.name == "mailstore_verification_runs_total" && value > 0 {
            guard series.labels["source"] == "exporter", let result = series.labels["result"] else { continue }
            counted[result, default: 0] += Int(value)
        }
        return counted
    }
}

/// Asks for longer than ``eventually(_:tries:_:)`` does by itself: a verification begins with the next full minute.
let triesOfTwoMinutes = 2400
