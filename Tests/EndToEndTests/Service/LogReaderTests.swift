import Foundation
import Glibc
import MailStoreSimulator
import TestSupport
import Testing

/// What can become of the log.
struct LogFate: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// What a shell does with the descriptors; `FIFO` stands for a fifo that is opened for reading.
    var redirection: String
    /// Whether the fifo is full from the start.
    var isFull = false
    /// Whether the fifo's only reader goes away once the exporter works.
    var losesReader = false

    static let all: [LogFate] = [
        LogFate(testDescription: "its descriptors are closed from the start", redirection: "0<&- 1>&- 2>&-"),
        LogFate(testDescription: "the disk for it is full", redirection: "2>/dev/full"),
        LogFate(testDescription: "nobody reads it", redirection: "2>FIFO", isFull: true),
        LogFate(testDescription: "its reader goes away", redirection: "2>FIFO", losesReader: true),
    ]
}

@Suite("The exporter goes on without its log")
struct LogReaderTests {
    @Test("where", arguments: LogFate.all)
    func goesOn(fate: LogFate) async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(Scene.simulatorOptions())
            defer { simulator.stop() }
            let configuration = try Scene.configuration(for: simulator, in: folder)
            #expect(mkfifo(folder["fifo"], 0o600) == 0)
            // Open for both directions, so that nobody waits for the other side.
            let reader = open(folder["fifo"], O_RDWR | O_CLOEXEC | O_NONBLOCK)
            if fate.isFull { while write(reader, "full", 1) == 1 {} }
            defer { if !fate.losesReader { close(reader) } }
            // The log cannot say where the exporter listens.
            let port = try ListeningSocket(backlog: nil).port
            let program = try RunningProgram(
                "/bin/sh",
                [
                    "-c",
                    "exec \"$0\" \"$@\" " + fate.redirection.replacing("FIFO", with: "'\(folder["fifo"])'"),
                    Exporter.path, "--config.file", configuration, "--log.level", "debug",
                    "--web.listen-address", "127.0.0.1:\(port)",
                ])
            let exporter = Exporter(program, at: "127.0.0.1:\(port)")
            try await eventually("everything is collected") {
                (try? await exporter.page())?.succeeded() == true
            }
            if fate.losesReader { close(reader) }

            simulator.inject(.badJSON, for: "GetStores")
            try await exporter.page(until: "a failure is seen") { !$0.succeeded(["stores"]) }
            simulator.clearFaults()
            try await exporter.page(until: "everything works again") { $0.succeeded() }
            for number in 0...2 {
                let file = try FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(program.pid)/fd/\(number)")
                #expect(file.hasPrefix("/"), "descriptor \(number) is \(file)")
            }
            #expect(try await exporter.stop() == .exit(0))
        }
    }
}
