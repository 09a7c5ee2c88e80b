import Foundation

/// A program that is run to its end, away from the threads that tasks need.
package enum Program {
    package struct Output: Sendable {
        package var exitCode: Int32
        package var bytes: [UInt8]
        package var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// Runs a program found on the path.
    ///
    /// - Parameter mergesErrors: whether its error output counts as output; it is dropped otherwise.
    package static func run(
        _ name: String, _ arguments: [String], input: [UInt8] = [], mergesErrors: Bool = false
    ) async throws -> Output {
        try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: those of the global queues are the ones that tasks need.
            Thread.detachNewThread {
                continuation.resume(
                    with: Result { try runBlocking(name, arguments, input: input, mergesErrors: mergesErrors) })
            }
        }
    }

    private static func runBlocking(
        _ name: String, _ arguments: [String], input: [UInt8], mergesErrors: Bool
    ) throws -> Output {
        // Files rather than pipes: nobody has to read while somebody writes.
        let folder = FileManager.default.temporaryDirectory.appending(path: "exporter-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (inputFile, outputFile) = (folder.appending(path: "in"), folder.appending(path: "out"))
        try Data(input).write(to: inputFile)
        try Data().write(to: outputFile)
        let output = try FileHandle(forWritingTo: outputFile)
        defer { try? output.close() }
        let standardInput = try FileHandle(forReadingFrom: inputFile)
        defer { try? standardInput.close() }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = mergesErrors ? output : FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return Output(exitCode: process.terminationStatus, bytes: Array(try Data(contentsOf: outputFile)))
    }
}
