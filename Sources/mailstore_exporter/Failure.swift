import ArgumentParser
import Glibc
import LogOutput
import OperatingSystem

/// Ends the program with a message on standard error and an exit code.
struct Failure: Error {
    /// Why the program ends; the numbers are a promise to those who run it.
    enum Code: Int32 {
        /// It cannot run: a port in use, a state directory that cannot be written to.
        case cannotRun = 1
        /// The configuration is wrong.
        case configuration = 2
        /// The command line is wrong.
        case commandLine = 64
    }

    var message: String
    var code: Code

    init(_ message: String, code: Code) {
        self.message = message
        self.code = code
    }

    init(_ error: StartupError) {
        self.init(error.description, code: error.isMistake ? .configuration : .cannotRun)
    }

    /// Runs `body`; a failure is written out and becomes the program's exit code.
    static func reported<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let failure as Failure {
            StandardError.write(JournalStream.marked("mailstore_exporter: \(failure.message)", .error))
            throw ExitCode(failure.code.rawValue)
        }
    }
}

/// Messages for people that are no log lines.
enum StandardError {
    static func write(_ line: String) {
        var line = line + "\n"
        line.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
