import Foundation
import TestSupport
import Testing

@testable import Web

@Suite("What the kernel says of the process is plausible")
struct ProcessFactsTests {
    @Test("all facts are there on Linux, and fit together")
    func plausible() throws {
        let facts = ProcessFacts()
        let resident = try #require(facts.residentBytes)
        let virtual = try #require(facts.virtualBytes)
        let open = try #require(facts.openDescriptors)
        let maximum = try #require(facts.maximumDescriptors)
        #expect(facts.cpuSeconds > 0)
        #expect(resident > 1_000_000 && resident < virtual)
        #expect(open >= 3 && open <= maximum)
    }

    @Test("the process was started after the machine and before now")
    func start() throws {
        let start = try #require(ProcessFacts.startTime)
        let now = Date().timeIntervalSince1970
        #expect(start <= now + 1)
        #expect(start > now - ProcessInfo.processInfo.systemUptime - 60)
    }
}
