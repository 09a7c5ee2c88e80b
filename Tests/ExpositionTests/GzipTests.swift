import Exposition
import Testing

@Suite("Sections compressed apart unpack as one page")
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
        #expect(compressed.byteCount > 256 * 1024)
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
