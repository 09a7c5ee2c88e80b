/// The names of a family as bytes, rendered once so that a sample only copies them.
///
/// A class, so that each sample can use the bytes of its arrays without reference counting.
final class RenderedNames: Sendable {
    /// The beginnings of sample lines, `name{`: the main sample, and those of a summary.
    let sample: [UInt8]
    let sum: [UInt8]
    let count: [UInt8]
    /// The names of the declared labels as callers pass them.
    private let declared: [String]
    /// `,name="` for every declared label, one after the other.
    private let labelBytes: [UInt8]
    /// The end of each of these.
    private let labelEnds: [Int]
    /// The size of the longest of them, in bytes.
    private let longestLabel: Int
    /// `name="` of the state label; empty if there is none.
    private let stateLabel: [UInt8]

    init(_ family: String, _ type: MetricType, labels: [String], stateLabel state: String?) {
        sample = Array("\(family)\(type.sampleSuffix){".utf8)
        sum = Array("\(family)_sum{".utf8)
        count = Array("\(family)_count{".utf8)
        declared = labels
        let rendered = declared.map { Array(",\($0)=\"".utf8) }
        labelBytes = rendered.flatMap(\.self)
        longestLabel = rendered.map(\.count).max() ?? 0
        var end = 0
        labelEnds = rendered.map { bytes in
            end += bytes.count
            return end
        }
        stateLabel = state.map { Array("\($0)=\"".utf8) } ?? []
    }

    /// The largest number of bytes that the labels take.
    @inline(__always)
    func room(for pairs: [(String, String)]) -> Int {
        var room = pairs.count * (longestLabel + 1) + 8
        for pair in pairs { room += pair.1.utf8.count * 2 }
        return room
    }

    /// Writes labels: `a="1",b="2"`, in declared order, empty values left out.
    ///
    /// - Returns: False if a label is not declared or given twice; the written bytes are then invalid.
    @inline(__always)
    func put(_ pairs: [(String, String)], to line: inout LineWriter) -> Bool {
        let start = line.cursor
        var next = 0
        for index in pairs.indices {
            // Callers nearly always pass labels in declared order, so the next match is close.
            while next < declared.count, declared[next] != pairs[index].0 {
                next += 1
            }
            guard next < declared.count else {
                line.cursor = start
                return putReordered(pairs, to: &line)
            }
            if !pairs[index].1.isEmpty {
                put(next, pairs[index].1, isFirst: line.cursor == start, to: &line)
            }
            next += 1
        }
        return true
    }

    /// Writes the state label after the labels of the sample.
    func putState(_ state: String, to labels: inout LineBuffer) {
        let isFirst = labels.count == 0
        labels.write(atMost: stateLabel.count + state.utf8.count * 2 + 8) { line in
            if !isFirst { line.put(UInt8(ascii: ",")) }
            line.put(stateLabel)
            line.putValue(state)
            line.put(UInt8(ascii: "\""))
        }
    }

    /// Writes labels that were passed in another order than the declared one.
    @inline(never)
    private func putReordered(_ pairs: [(String, String)], to line: inout LineWriter) -> Bool {
        let start = line.cursor
        var values = [String?](repeating: nil, count: declared.count)
        for (name, value) in pairs {
            guard let place = declared.firstIndex(of: name), values[place] == nil else { return false }
            values[place] = value
        }
        for (place, value) in values.enumerated() {
            if let value, !value.isEmpty {
                put(place, value, isFirst: line.cursor == start, to: &line)
            }
        }
        return true
    }

    @inline(__always)
    private func put(_ label: Int, _ value: String, isFirst: Bool, to line: inout LineWriter) {
        // The bytes begin with a comma, which the first label omits.
        let begin = (label == 0 ? 0 : labelEnds[label - 1]) + (isFirst ? 1 : 0)
        let end = labelEnds[label]
        labelBytes.withUnsafeBufferPointer { line.put(UnsafeBufferPointer(rebasing: $0[begin..<end])) }
        line.putValue(value)
        line.put(UInt8(ascii: "\""))
    }
}
