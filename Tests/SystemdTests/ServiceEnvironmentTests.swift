import Glibc
import TestSupport
import Testing

@testable import Systemd

@Suite("The environment variables of a service manager")
struct ServiceEnvironmentTests {
    @Test("are all absent without a service manager")
    func empty() {
        let environment = ServiceEnvironment([:], process: 42)
        #expect(environment.notifySocket == nil)
        #expect(environment.watchdogPeriod == nil)
        #expect(environment.listening == nil)
    }

    @Test(
        "set the watchdog period if they are meant for this process and hold a time",
        arguments: [
            (["WATCHDOG_USEC": "60000000"], Duration.seconds(60)),
            (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "42"], .seconds(60)),
            (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "43"], nil),
            (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": ""], nil),
            (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "-5"], nil), (["WATCHDOG_USEC": "soon"], nil),
            (["WATCHDOG_PID": "42"], nil),
        ] as [([String: String], Duration?)])
    func watchdog(variables: [String: String], period: Duration?) {
        #expect(ServiceEnvironment(variables, process: 42).watchdogPeriod == period)
    }

    @Test(
        "name the process that sockets are meant for, if it is another one",
        arguments: [("42", nil), ("43", "43"), (nil, "none")] as [(String?, String?)])
    func listening(process: String?, other: String?) {
        var variables = ["LISTEN_FDS": "2", "LISTEN_FDNAMES": "a:b"]
        variables["LISTEN_PID"] = process
        #expect(
            ServiceEnvironment(variables, process: 42).listening
                == .init(count: "2", names: "a:b", otherProcess: other))
    }

    @Test("are unset, so that no child process notifies in the name of this one")
    func taken() async {
        // In a process of its own: others must not look at the environment while it changes.
        await #expect(processExitsWith: .success) {
            let variables = ["NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "1000000", "LISTEN_FDS": "1", "OTHER": "stays"]
            for (name, value) in variables { setenv(name, value, 1) }
            let environment = ServiceEnvironment.take(from: variables)
            let isRead = environment.notifySocket == "/x" && environment.watchdogPeriod == .seconds(1)
            let isGone = variables.keys.allSatisfy { getenv($0) == nil || $0 == "OTHER" }
            exit(isRead && isGone && getenv("OTHER") != nil ? 0 : 1)
        }
    }
}
