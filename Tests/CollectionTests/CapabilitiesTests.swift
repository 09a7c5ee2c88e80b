import MailStoreAPI
import TestSupport
import Testing

@testable import Collection

@Suite("What a server offers decides which collectors are supported")
struct CapabilitiesTests {
    @Test("a server that was not heard offers nobody knows what")
    func unknown() {
        #expect(Capabilities.unknown.offers([.getStores]) == nil)
    }

    @Test(
        "all functions of a collector have to be offered",
        arguments: [
            (["GetJobs", "GetJobResults", "GetStores"], true), (["GetJobs"], false), ([], false),
            (["getjobs", "getjobresults"], false),
        ])
    func offered(names: [String], expected: Bool) {
        let capabilities = Capabilities(names.map { FunctionMetadata(name: $0) })
        #expect(capabilities.offers([.getJobs, .getJobResults]) == expected)
    }
}
