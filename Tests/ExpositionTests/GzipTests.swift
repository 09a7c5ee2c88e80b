import CZlib
import Foundation
import Testing

@testable import Exposition

@Suite("Sections compressed separately decompress as one page")
struct GzipTests {
    @Test("the stream of two sections has one member and unpacks to both", arguments: Format.allCases)
    func twoSections(format: Format) throws {
        let renderer = PageRenderer(try Catalogue(SamplePage.families), format: format)
        let targets = renderer.section(SamplePage.targetBlocks())
        let exporter = renderer.section(SamplePage.exporterBlocks(), isLast: true)
        let stream = Gzip.stream(of: [targets.compressed(), exporter.compressed()]).flatMap(\.self)
        #expect(try Gunzip.inflate(stream) == targets.bytes + exporter.bytes)
        #expect(try Gunzip.program(stream) == targets.bytes + exporter.bytes)
    }

    @Test("a large section that hardly compresses survives too")
    func largeSection() throws {
        let family = FamilyDescriptor("x", .gauge, help: "x", labels: ["id"], group: "g")
        var generator = SplitMix(state: 5)
        let block = SamplePage.block(family) { builder in
            for _ in 0..<20_000 {
                builder.add(labels: [("id", String(generator.next(), radix: 36))], Double(generator.next()))
            }
        }
        let section = PageRenderer(try Catalogue([family]), format: .openMetrics).section([block], isLast: true)
        let compressed = section.compressed()
        // More than one buffer of output, or the test does not test it.
        #expect(compressed.parts.reduce(0) { $0 + $1.deflated.bytes.count } > 256 * 1024)
        #expect(try Gunzip.inflate(Gzip.stream(of: [compressed]).flatMap(\.self)) == section.bytes)
    }

    @Test("nothing at all is a valid stream as well")
    func nothing() throws {
        #expect(try Gunzip.inflate(Gzip.stream(of: []).flatMap(\.self)).isEmpty)
        #expect(try Gunzip.program(Gzip.stream(of: []).flatMap(\.self)).isEmpty)
    }

    @Test("a damaged stream is noticed, so that the other tests mean something")
    func damaged() throws {
        let renderer = PageRenderer(try Catalogue(SamplePage.families), format: .text)
        var stream = Gzip.stream(of: [renderer.section(SamplePage.targetBlocks()).compressed()]).flatMap(\.self)
        stream[stream.count - 6] ^= 1
        #expect(throws: Gunzip.Failure.self) { try Gunzip.inflate(stream) }
    }
}

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
