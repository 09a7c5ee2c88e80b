extension FamilyBlock {
    /// Appends samples of one family straight to bytes.
    ///
    /// ```swift
    /// var builder = FamilyBlock.Builder(Stores.messages)
    /// builder.add(labels: [("target", "mail"), ("store_id", "1")], 4711)
    /// let block = builder.finish()
    /// // mailstore_store_messages{target="mail",store_id="1"} 4711
    /// ```
    ///
    /// Labels are written in the order in which the family declares them, whatever the order they are given in, and
    /// one with an empty value is left out. A label set that was there before is left out and counted.
    package struct Builder: Sendable {
        let descriptor: FamilyDescriptor
        let escaping: EscapingScheme
        let names: WireNames
        var text = LineBuffer()
        /// Written beside `text` by histograms alone.
        var openMetrics = LineBuffer()
        var groups: [Group] = []
        var seriesCount = 0
        var duplicates = 0
        var refused = 0
        /// The labels of the sample at hand: `a="1",b="2"`.
        var labels = LineBuffer()
        private var index = SeriesIndex()
        private var common = CommonLabels()

        package init(_ descriptor: FamilyDescriptor, escaping: EscapingScheme = .underscores) {
            self.descriptor = descriptor
            self.escaping = escaping
            names = WireNames(descriptor, escaping)
        }

        /// Adds a sample of a gauge or a counter.
        ///
        /// A value that is NaN, or a counter below 0, is refused: no value is never a value.
        package mutating func add(labels pairs: [(String, String)], _ value: Double) {
            precondition(descriptor.type == .gauge || descriptor.type == .counter, "not a gauge and not a counter")
            guard !value.isNaN, descriptor.type == .gauge || value >= 0 else {
                refused += 1
                return
            }
            addLine(pairs, value)
        }

        /// Adds the facts that the labels state: a sample with the value 1.
        package mutating func addInfo(labels pairs: [(String, String)]) {
            precondition(descriptor.type == .info, "not an info")
            addLine(pairs, 1)
        }

        /// Ends the building.
        package consuming func finish() -> FamilyBlock {
            let commonLabels = common.prefix(in: text)
            let textChunk = Chunk(text.finish())
            return FamilyBlock(
                descriptor: descriptor, escaping: escaping, seriesCount: seriesCount, duplicates: duplicates,
                refused: refused, text: textChunk,
                openMetrics: descriptor.type == .histogram ? Chunk(openMetrics.finish()) : textChunk,
                groups: groups, commonLabels: commonLabels)
        }

        /// Adds a label set that is one line: written at once, and taken back where it must not stay.
        private mutating func addLine(_ pairs: [(String, String)], _ value: Double) {
            let names = names
            let start = text.count
            let opening = names.sample.beforeLabels.count
            var length = 0
            var isSound = false
            text.write(atMost: names.room(for: pairs) + opening * 2 + Number.maximumLength + 8) { line in
                line.put(names.sample.beforeLabels)
                let labels = line.cursor
                isSound = names.put(pairs, to: &line)
                length = line.cursor - labels
                Self.close(&line, names.sample, hasLabels: length > 0, value)
            }
            guard isSound else {
                text.truncate(to: start)
                refused += 1
                return
            }
            let first = start + (length > 0 ? opening : 0)
            guard index.insert(first..<first + length, in: text) else {
                text.truncate(to: start)
                duplicates += 1
                return
            }
            common.add(first..<first + length, of: text)
            seriesCount += 1
        }

        /// Notes a label set of several lines, the first of which begins at `start`; all of them are taken back where
        /// it is a repetition.
        mutating func endGroup(
            textStart: Int, openMetricsStart: Int, opening: WireNames.Opening, lines: Int
        ) {
            // The first line's own label follows the labels at hand, so they lie right behind its opening.
            let first = textStart + (labels.count > 0 ? opening.beforeLabels.count : 0)
            let place = first..<first + labels.count
            guard index.insert(place, in: text) else {
                text.truncate(to: textStart)
                openMetrics.truncate(to: openMetricsStart)
                duplicates += 1
                return
            }
            common.add(place, of: text)
            groups.append(Group(textStart: textStart, openMetricsStart: openMetricsStart, labels: place))
            seriesCount += lines
        }

        /// Writes one line of several.
        static func write(
            _ opening: WireNames.Opening, _ labels: LineBuffer, _ value: Double, to buffer: inout LineBuffer
        ) {
            let room = opening.beforeLabels.count * 2 + labels.count + Number.maximumLength + 8
            labels.withBytes { labels in
                buffer.write(atMost: room) { line in
                    line.put(opening.beforeLabels)
                    line.put(labels)
                    close(&line, opening, hasLabels: !labels.isEmpty, value)
                }
            }
        }

        /// Ends a line whose opening and labels are written.
        @inline(__always)
        private static func close(
            _ line: inout LineWriter, _ opening: WireNames.Opening, hasLabels: Bool, _ value: Double
        ) {
            if hasLabels {
                line.put(UInt8(ascii: "}"))
            } else {
                line.cursor -= opening.beforeLabels.count
                line.put(opening.alone)
            }
            line.put(UInt8(ascii: " "))
            line.put(number: value)
            line.put(UInt8(ascii: "\n"))
        }
    }
}
