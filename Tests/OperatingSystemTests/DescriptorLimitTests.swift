import Glibc
import Testing

@testable import OperatingSystem

// In a process of its own: the limit is the whole process's.
@Suite("The limit on descriptors")
struct DescriptorLimitTests {
    @Test("the soft limit is raised to the hard one")
    func raised() async {
        await #expect(processExitsWith: .success) {
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            var limit = rlimit(rlim_cur: 100, rlim_max: 300)
            try #require(setrlimit(resource, &limit) == 0)
            #expect(Descriptors.raiseLimit() == 300)
            try #require(getrlimit(resource, &limit) == 0)
            #expect(limit.rlim_cur == 300)
            #expect(Descriptors.raiseLimit() == 300)
        }
    }
}
