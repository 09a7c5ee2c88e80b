import Testing

@testable import Exposition

@Suite("A page that is put together from many sources")
struct PageAssemblyTests {
    private static let families = [
        FamilyDescriptor("first", .gauge, help: "x", labels: ["target", "id"], group: "g"),
        FamilyDescriptor("second", .counter, help: "x", labels: ["target", "id"], group: "g"),
    ]
    private let catalogue: Catalogue
    private let renderer: PageRenderer

    init() throws {
        catalogue = try Catalogue(Self.families)
        renderer = PageRenderer(catalogue, format: .text)
    }

    private func block(_ family: Int, of target: Int, series: Int = 1, value: Int) -> FamilyBlock {
        SamplePage.block(Self.families[family]) { builder in
            for id in 0..<series { builder.add(labels: [("target", "\(target)"), ("id", "\(id)")], Double(value)) }
        }
    }

    @Test("is after any number of changes what it is when it is rendered at once", arguments: 0..<40)
    func sameAsAtOnce(seed: UInt64) {
        var random = SplitMix(state: seed)
        var assembly = PageAssembly(catalogue)
        var sources = [SourceBlocks](repeating: SourceBlocks([]), count: Int.random(in: 1...60, using: &random))
        for _ in 0..<30 {
            if Int.random(in: 0..<15, using: &random) == 0 {
                // Sources come and go.
                let count = Int.random(in: 0...60, using: &random)
                sources = (0..<count).map { $0 < sources.count ? sources[$0] : SourceBlocks([]) }
            }
            for _ in 0..<Int.random(in: 0...10, using: &random) where !sources.isEmpty {
                let place = Int.random(in: 0..<sources.count, using: &random)
                // Up to 150 kB: smaller than one piece, and larger than several.
                let series = [0, 1, 30, 500, 5000].randomElement(using: &random) ?? 0
                let value = Int.random(in: 0...3, using: &random)
                sources[place] = SourceBlocks(
                    (0...1).filter { _ in Bool.random(using: &random) }.map {
                        block($0, of: place, series: series, value: value)
                    })
            }
            assembly.update(sources)
            let section = renderer.section(assembly)
            let atOnce = renderer.section(sources.flatMap(\.blocks))
            #expect(section.bytes == atOnce.bytes)
            #expect(section.seriesCount == atOnce.seriesCount)
            #expect(section.byteCount == atOnce.byteCount)
        }
    }

    @Test("shares with the page before every piece in which nothing has changed")
    func sharing() {
        var assembly = PageAssembly(catalogue)
        var sources = (0..<100).map { target in
            SourceBlocks((0...1).map { block($0, of: target, series: 100, value: 1) })
        }
        assembly.update(sources)
        let before = renderer.section(assembly)
        sources[40] = SourceBlocks([block(0, of: 40, series: 100, value: 2)] + sources[40].blocks.dropFirst())
        assembly.update(sources)
        let after = renderer.section(assembly)
        let known = Set(before.parts.map(ObjectIdentifier.init))
        let new = after.parts.filter { !known.contains(ObjectIdentifier($0)) && $0.byteCount >= Piece.partSize }
        #expect(new.count == 1)
        #expect(before.byteCount == after.byteCount)
    }

    @Test("keeps the pieces when a source sends the same bytes again")
    func sameBytes() {
        var assembly = PageAssembly(catalogue)
        let sources = { (0..<100).map { SourceBlocks([block(0, of: $0, series: 100, value: 1)]) } }
        assembly.update(sources())
        let before = renderer.section(assembly)
        assembly.update(sources())
        let after = renderer.section(assembly)
        #expect(
            zip(before.parts, after.parts).allSatisfy { $0 === $1 || $0.byteCount < Piece.partSize })
        #expect(before.bytes == after.bytes)
    }

    @Test("is shared by both formats")
    func formats() {
        var assembly = PageAssembly(catalogue)
        assembly.update((0..<100).map { SourceBlocks([block(0, of: $0, series: 100, value: 1)]) })
        let text = renderer.section(assembly).parts.filter { $0.byteCount >= Piece.partSize }
        let openMetrics = PageRenderer(catalogue, format: .openMetrics).section(assembly).parts
        #expect(text.count > 3)
        #expect(text.allSatisfy { part in openMetrics.contains { $0 === part } })
    }

    @Test("counts what is not in the catalogue, until it is gone")
    func leftOut() {
        var assembly = PageAssembly(catalogue)
        let stranger = FamilyDescriptor("stranger", .gauge, help: "x", labels: ["target"], group: "g")
        let block = SamplePage.block(stranger) { $0.add(labels: [("target", "a")], 1) }
        assembly.update([SourceBlocks([block]), SourceBlocks([])])
        #expect(renderer.section(assembly).leftOut == 1)
        assembly.update([SourceBlocks([]), SourceBlocks([])])
        #expect(renderer.section(assembly).leftOut == 0)
    }
}
