extension WireNames {
    /// How many bytes the labels take at most.
    @inline(__always)
    func room(for pairs: [(String, String)]) -> Int {
        var room = pairs.count * (longestLabel + 1) + 8
        for pair in pairs {
            room += pair.1.utf8.count * 2
        }
        return room
    }

    /// Writes labels: `a="1",b="2"`, in declared order, empty values left out.
    ///
    /// - Returns: False where a label is not declared or given twice. What was written then says nothing.
    @inline(__always)
    func put(_ pairs: [(String, String)], to line: inout LineWriter) -> Bool {
        let start = line.cursor
        var next = 0
        for index in pairs.indices {
            // Callers nearly always give labels in declared order: then the next match is near.
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

    /// Writes labels that came in another order than the declared one.
    @inline(never)
    private func putReordered(_ pairs: [(String, String)], to line: inout LineWriter) -> Bool {
        let start = line.cursor
        var values = [String?](repeating: nil, count: declared.count)
        for (name, value) in pairs {
            guard let place = declared.firstIndex(of: name), values[place] == nil else {
                return false
            }
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
        // The bytes begin with the comma that the first label does without.
        let begin = (label == 0 ? 0 : labelEnds[label - 1]) + (isFirst ? 1 : 0)
        let end = labelEnds[label]
        labelBytes.withUnsafeBufferPointer { line.put(UnsafeBufferPointer(rebasing: $0[begin..<end])) }
        line.putEscaped(value)
        line.put(UInt8(ascii: "\""))
    }
}

extension FamilyBlock.Builder {
    /// Renders the labels of a sample that will take several lines.
    mutating func render(_ pairs: [(String, String)]) -> Bool {
        labels.removeAll()
        let names = names
        var isSound = false
        labels.write(atMost: names.room(for: pairs)) { isSound = names.put(pairs, to: &$0) }
        return isSound
    }

    /// Writes the state label or `le` behind the labels of the sample.
    static func write(_ ownLabel: [UInt8], _ value: String, to labels: inout LineBuffer) {
        let isFirst = labels.count == 0
        labels.write(atMost: ownLabel.count + value.utf8.count * 2 + 8) { line in
            if !isFirst {
                line.put(UInt8(ascii: ","))
            }
            line.put(ownLabel)
            line.putEscaped(value)
            line.put(UInt8(ascii: "\""))
        }
    }
}
