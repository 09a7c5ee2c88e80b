import ArgumentParser
import Commands
import Foundation

/// Examines the way to each server, step by step: the doctor.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the way to each server, step by step, and say what to do where it fails.",
        discussion: """
            It looks at the configuration, the password, the name, the connection, the certificate (and prints the pin \
            to copy), the API, the login, the functions offered, the time zone, the clock and the stores, and runs \
            every collector once. Nothing is changed on the server and nothing is written here. Exit codes: 0 where \
            all that is essential works, 1 where it does not, 2 where the configuration is wrong.

            Example: mailstore_exporter check --config.file /etc/mailstore_exporter/config.yml --target archive
            """)

    @OptionGroup
    var target: TargetOptions

    @Flag(help: "Print the steps as a JSON array.")
    var json = false

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let doctor = Doctor(environment: environment)
        let verdict: CheckVerdict
        if json {
            var steps: [CheckStep] = []
            verdict = await doctor.examine(target.flags, onlyTarget: target.name) { steps.append($0) }
            Terminal.write(JSONReport.render(steps))
        } else {
            let isTerminal = isatty(STDOUT_FILENO) == 1
            // By the convention of no-color.org any value but an empty one switches colours off.
            let usesColour = isTerminal && environment["NO_COLOR"]?.isEmpty != false
            var report = TextReport(usesColour: usesColour, width: isTerminal ? Terminal.width : nil)
            verdict = await doctor.examine(target.flags, onlyTarget: target.name) {
                Terminal.write(report.lines(for: $0))
            }
            Terminal.write(report.summary())
        }
        if verdict != .healthy { throw ExitCode(verdict.exitCode) }
    }
}

/// Standard output, unbuffered: who waits for a slow step sees those before it.
private enum Terminal {
    /// The columns of the terminal; 100 where it does not say.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return Int(size.ws_col)
    }

    static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}
