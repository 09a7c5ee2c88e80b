extension FamilyBlock {
    /// Appends samples of one family directly as bytes.
    ///
    /// ```swift
    /// var builder = FamilyBlock.Builder(Stores.messages)
    /// builder.add(labels: [("target", "mail"), ("store_id", "1")], 4711)
    /// let block = builder.finish()
    /// // mailstore_store_messages{target="mail",store_id="1"} 4711
    /// ```
    ///
    /// Labels are written in the order in which the family declares them, regardless of the order of the arguments. A
    /// label with an empty value is left out. A repeated label set is dropped and counted.
    package struct Builder: Sendable {
        private let descriptor: FamilyDescriptor
        private let names: RenderedNames
        private var text = LineBuffer()
        private var groups: [Group] = []
        package private(set) var seriesCount = 0
        private var duplicates = 0
        private var refused = 0
        /// The labels of the current sample: `a="1",b="2"`.
        private var labels = LineBuffer()
        private var index = SeriesIndex()
        private var common = CommonLabels()

        /// - Parameter moreLabels: Valid names of labels that the family does not declare, written after the others.
        package init(_ descriptor: FamilyDescriptor, moreLabels: [String] = []) {
            self.descriptor = descriptor
            names =
                moreLabels.isEmpty
                ? descriptor.names
                : RenderedNames(
                    descriptor.name, descriptor.type, labels: descriptor.labelNames + moreLabels,
                    stateLabel: descriptor.stateLabel)
        }

        /// Adds a sample of a gauge or a counter.
        ///
        /// NaN, and a counter below 0, are refused: a missing value is a missing sample.
        package mutating func add(labels pairs: [(String, String)], _ value: Double) {
            precondition(descriptor.type == .gauge || descriptor.type == .counter, "not a gauge and not a counter")
            guard !value.isNaN, descriptor.type == .gauge || value >= 0 else {
                refused += 1
                return
            }
            addLine(pairs, value)
        }

        /// Adds an info: a sample with these labels and the value 1.
        package mutating func addInfo(labels pairs: [(String, String)]) {
            precondition(descriptor.type == .info, "not an info")
            addLine(pairs, 1)
        }

        /// Adds a state set: one series for each state, 1 for the current one and 0 for the others.
        ///
        /// - Parameters:
        ///   - states: All states, in the order in which they are written. Repetitions and empty names are left out.
        ///   - current: The current state; nil if unknown, which leaves all at 0. A state that is not among `states`
        ///     gets its own series after them.
        package mutating func addStates(labels pairs: [(String, String)], states: [String], current: String?) {
            precondition(descriptor.type == .stateset, "not a state set")
            guard render(pairs) else {
                refused += 1
                return
            }
            var written: [String] = []
            for state in states + (current.map { [$0] } ?? []) where !state.isEmpty && !written.contains(state) {
                written.append(state)
            }
            guard !written.isEmpty else { return }
            let start = text.count
            let length = labels.count
            for state in written {
                names.putState(state, to: &labels)
                putLine(names.sample, state == current ? 1 : 0)
                labels.truncate(to: length)
            }
            endGroup(from: start, opening: names.sample, lines: written.count)
        }

        /// Adds a summary without quantiles: how many observations there were, and their sum.
        ///
        /// - Parameter sum: In the family's unit. NaN is refused.
        package mutating func addSummary(labels pairs: [(String, String)], sum: Double, count: UInt64) {
            precondition(descriptor.type == .summary, "not a summary")
            guard !sum.isNaN, render(pairs) else {
                refused += 1
                return
            }
            let start = text.count
            putLine(names.sum, sum)
            putLine(names.count, Double(count))
            endGroup(from: start, opening: names.sum, lines: 2)
        }

        /// Returns the block.
        package consuming func finish() -> FamilyBlock {
            let commonLabels = common.prefix(in: text)
            return FamilyBlock(
                descriptor: descriptor, seriesCount: seriesCount, duplicates: duplicates, refused: refused,
                lines: Segment(text.finish()), groups: groups, commonLabels: commonLabels)
        }

        /// Adds a label set of one line: writes it at once, and removes it again if it is a repetition or invalid.
        private mutating func addLine(_ pairs: [(String, String)], _ value: Double) {
            let names = names
            let start = text.count
            var length = 0
            var isValid = false
            text.write(atMost: names.room(for: pairs) + names.sample.count + Number.maximumLength + 8) { line in
                line.put(names.sample)
                let labels = line.cursor
                isValid = names.put(pairs, to: &line)
                length = line.cursor - labels
                line.endSample(value, hasLabels: length > 0)
            }
            guard isValid else {
                text.truncate(to: start)
                refused += 1
                return
            }
            accept(from: start, opening: names.sample, labelLength: length, lines: 1)
        }

        /// Keeps the label set whose lines begin at `start`, or removes them if it is a repetition.
        @inline(__always)
        @discardableResult
        private mutating func accept(
            from start: Int, opening: [UInt8], labelLength: Int, lines: Int
        ) -> Range<Int>? {
            let first = start + (labelLength > 0 ? opening.count : 0)
            let place = first..<first + labelLength
            guard index.insert(place, in: text) else {
                text.truncate(to: start)
                duplicates += 1
                return nil
            }
            common.add(place, of: text)
            seriesCount += lines
            return place
        }

        /// Accepts a label set of several lines.
        ///
        /// A state label follows the labels of the set, so these are directly after the opening of the first line.
        private mutating func endGroup(from start: Int, opening: [UInt8], lines: Int) {
            if let place = accept(from: start, opening: opening, labelLength: labels.count, lines: lines) {
                groups.append(Group(start: start, labels: place))
            }
        }

        /// Renders the labels of a sample that takes several lines; false if they are not valid.
        private mutating func render(_ pairs: [(String, String)]) -> Bool {
            labels.removeAll()
            let names = names
            var isValid = false
            labels.write(atMost: names.room(for: pairs)) { isValid = names.put(pairs, to: &$0) }
            return isValid
        }

        /// Writes one line of several, with the labels rendered before.
        private mutating func putLine(_ opening: [UInt8], _ value: Double) {
            let labels = labels
            labels.withBytes { labels in
                text.write(atMost: opening.count + labels.count + Number.maximumLength + 8) { line in
                    line.put(opening)
                    line.put(labels)
                    line.endSample(value, hasLabels: !labels.isEmpty)
                }
            }
        }
    }
}

extension LineWriter {
    /// Ends a line whose opening (`name{`) and labels are written.
    @inline(__always)
    fileprivate mutating func endSample(_ value: Double, hasLabels: Bool) {
        if hasLabels {
            put(UInt8(ascii: "}"))
        } else {
            cursor -= 1
        }
        put(UInt8(ascii: " "))
        put(number: value)
        put(UInt8(ascii: "\n"))
    }
}
