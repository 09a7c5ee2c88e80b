import Foundation
import Testing

@Suite("Fuzz targets, with their corpus")
struct ReplayTests {
    private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    @Test("a target keeps its promises for every input of its corpus", arguments: FuzzTarget.all.map(\.name))
    func corpus(name: String) async throws {
        let files = try Self.files(of: name)
        try #require(!files.isEmpty, "\(name) has no corpus: add an input that it accepts, and one that it refuses")
        try await check(name, files.map { ($0.lastPathComponent, Array(try Data(contentsOf: $0))) })
    }

    @Test("a target keeps its promises for inputs that are cut anywhere", arguments: FuzzTarget.all.map(\.name))
    func cut(name: String) async throws {
        let inputs = try Self.files(of: name).flatMap { file in
            let input = Array(try Data(contentsOf: file))
            return stride(from: 0, to: input.count, by: max(1, input.count / 6)).map { count in
                ("\(file.lastPathComponent), first \(count) bytes", Array(input.prefix(count)))
            }
        }
        try await check(name, inputs)
    }

    @Test("every folder of the corpus belongs to a target")
    func folders() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
        #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
    }

    /// Calls a target on a thread of its own, because a target may wait for a task, which needs one of Swift's threads.
    private func check(_ name: String, _ inputs: [(name: String, bytes: [UInt8])]) async throws {
        let target = try #require(FuzzTarget.named(name))
        let broken = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: inputs.compactMap { Self.broken(target, $0.bytes, $0.name) })
            }
        }
        for broken in broken { Issue.record(Comment(rawValue: broken)) }
    }

    private static func broken(_ target: FuzzTarget, _ input: [UInt8], _ name: String) -> String? {
        do {
            try target.check(input)
            return nil
        } catch {
            return "\(target.name)/\(name): \(error)"
        }
    }

    private static func files(of name: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: corpus.appending(path: name), includingPropertiesForKeys: nil
        ).sorted { $0.path < $1.path }
    }
}
