import Foundation
import MailStoreSimulator
import Testing

@Suite("Under a low limit on descriptors", .timeLimit(.minutes(6)))
struct DescriptorLimitTests {
    @Test("idle clients of all listen addresses together leave room for collecting")
    func roomForCollecting() async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(Scene.simulatorOptions())
            defer { simulator.stop() }
            let exporter = try await Exporter(
                ["--config.file", try Scene.configuration(for: simulator, in: folder)],
                listenOn: Array(repeating: "127.0.0.1:0", count: 3), descriptors: 256)
            #expect(exporter.log.contains("the limit on file descriptors is too low for --web.max-connections"))
            let addresses = exporter.addresses
            let idle = try await onOwnThread {
                try addresses.flatMap { address in try (0..<200).map { _ in try RawConnection(to: address) } }
            }
            let full = try await exporter.page()
            // Every collector needs descriptors of its own for that.
            try await exporter.page(until: "everything is collected once more") { page in
                page.succeeded()
                    && page.samples.contains { series, value in
                        series.name == "mailstore_collector_last_success_timestamp_seconds"
                            && value > full.samples[series] ?? 0
                    }
            }
            for address in addresses { #expect(try await exporter.get("/-/healthy", at: address).status == 200) }
            withExtendedLifetime(idle) {}
            #expect(try await exporter.stop() == .exit(0))
        }
    }
}
