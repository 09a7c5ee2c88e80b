import CZlib
import Foundation

/// Unpacks gzip: by zlib, reading one member and nothing behind it, and by the program `gzip`.
enum Gunzip {
    struct Failure: Error {
        let status: Int32
    }

    /// The content of a stream that consists of exactly one member.
    static func inflate(_ stream: [UInt8]) throws -> [UInt8] {
        let state = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        state.initialize(to: z_stream())
        czlib_inflate_init_gzip(state)
        defer {
            inflateEnd(state)
            state.deallocate()
        }
        var input = stream
        var output = [UInt8](repeating: 0, count: 8 << 20)
        let status = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                state.pointee.next_in = input.baseAddress
                state.pointee.avail_in = uInt(input.count)
                state.pointee.next_out = output.baseAddress
                state.pointee.avail_out = uInt(output.count)
                return CZlib.inflate(state, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END, state.pointee.avail_in == 0 else {
            throw Failure(status: status)
        }
        return Array(output.prefix(Int(state.pointee.total_out)))
    }

    /// What `gzip -dc` makes of a stream that fits into a pipe.
    static func program(_ stream: [UInt8]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc"]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(stream))
        try input.fileHandleForWriting.close()
        let result = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(status: process.terminationStatus)
        }
        return Array(result)
    }
}
