import Foundation

/// The real `curl` program, as somebody else's client.
struct CurlProgram {
    var status: Int32
    var output: String

    /// Runs curl with at most ten seconds' time and without any configuration of the machine.
    static func run(_ arguments: [String]) async throws -> CurlProgram {
        try await withCheckedThrowingContinuation { continuation in
            // Its own thread, since waiting for a program would hold up one of the few that tasks share.
            Thread.detachNewThread {
                continuation.resume(with: Result { try runAndWait(arguments) })
            }
        }
    }

    private static func runAndWait(_ arguments: [String]) throws -> CurlProgram {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl", "-q", "--silent", "--noproxy", "*", "--max-time", "10"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return CurlProgram(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}
