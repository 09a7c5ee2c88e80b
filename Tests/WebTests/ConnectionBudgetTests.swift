import Testing

@testable import Configuration
@testable import Web

@Suite("How many connections fit into the limit on descriptors")
struct ConnectionBudgetTests {
    private static func budget(
        _ connections: Int, perAddress: Int = 768, descriptors: Int, targets: Int = 1, calls: Int = 4
    ) -> ConnectionBudget {
        var web = WebSettings(listenAddresses: [])
        web.maximumConnections = connections
        web.maximumConnectionsPerAddress = perAddress
        return ConnectionBudget(web, descriptors: descriptors, targets: targets, calls: calls)
    }

    @Test("the configured number, if it fits beside the collecting")
    func fits() {
        let budget = Self.budget(1024, descriptors: 20_000, targets: 100)
        #expect(budget.total == 1024)
        #expect(budget.perAddress == 768)
        #expect(budget.limit == nil)
    }

    @Test(
        "fewer otherwise, and always enough descriptors left for all targets",
        arguments: [(1024, 1, 4), (1024, 50, 4), (1024, 8, 64), (512, 10, 4), (4096, 500, 4)])
    func tooLow(descriptors: Int, targets: Int, calls: Int) {
        let budget = Self.budget(100_000, descriptors: descriptors, targets: targets, calls: calls)
        #expect(budget.limit == descriptors)
        #expect(budget.total > 0)
        #expect(budget.perAddress <= budget.total)
        if descriptors > 2 * targets * calls { #expect(descriptors - budget.total >= targets * calls + 64) }
    }

    @Test("at least one, however low the limit is", arguments: [1, 16, 64, 256])
    func veryLow(descriptors: Int) {
        let budget = Self.budget(1024, descriptors: descriptors, targets: 20)
        #expect((1...max(1, descriptors / 4)).contains(budget.total))
    }
}
