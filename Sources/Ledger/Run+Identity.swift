import OperatingSystem

/// Which runs are the same one.
extension Run {
    private static let quarterHour = 900.0
    /// The most by which time zones differ, in quarter hours: from -12 to +14 hours.
    private static let zoneShifts = -104...104

    /// The keys under which a history may hold the run; the first is the key of the first run with this id.
    ///
    /// Only times of the server's own zone can be shifted by another zone. In UTC a run with another start is another
    /// run, even if it started exactly a day later.
    func keys(withShifts: Bool) -> [String] {
        let (mark, instant) = identity
        guard let seconds = instant?.secondsSince1970.rounded(.down) else { return [id, id + "@"] }
        func key(_ shift: Int) -> String { "\(id)@\(mark)\(seconds + Double(shift) * Self.quarterHour)" }
        let shifts = withShifts && isLocal == true ? Self.zoneShifts.filter { $0 != 0 } : []
        return [id, key(0)] + shifts.map(key)
    }

    /// What identifies the run beside its id: its start, or its completion if it has no start.
    private var identity: (mark: String, instant: Timestamp?) {
        if let start = recordedStart ?? start { return ("", start) }
        return completion.map { ("end/", $0) } ?? ("none", nil)
    }

    /// Whether this is the other run with the same id, reported again.
    func isSame(as other: Run) -> Bool {
        guard identity.mark == other.identity.mark else { return false }
        guard let shift = Self.shift(identity.instant, other.identity.instant), shift != 0 else { return true }
        guard isShiftable || other.isShiftable else { return false }
        let quarters = shift / Self.quarterHour
        guard quarters == quarters.rounded(), abs(quarters) <= Double(Self.zoneShifts.upperBound) else { return false }
        // A zone shifts both times alike and changes nothing else.
        return Self.shift(completion, other.completion) ?? shift == shift && result == other.result
            && itemsArchived == other.itemsArchived
    }

    /// State files of older versions mark only the times of an unknown zone.
    private var isShiftable: Bool { isLocal == true || isApproximate == true }

    /// The difference in whole seconds; `nil` unless both are known.
    private static func shift(_ left: Timestamp?, _ right: Timestamp?) -> Double? {
        guard let left, let right else { return nil }
        return left.secondsSince1970.rounded(.down) - right.secondsSince1970.rounded(.down)
    }

    /// Ceases to believe times after `latest`: they come from a clock that was ahead.
    ///
    /// If only one of the times is credible, it orders the run. If neither is, the run is counted but has no place in
    /// the order; the times are kept, because they identify it.
    ///
    /// - Returns: How many times are not believed that were believed before.
    mutating func disbelieve(after latest: Timestamp) -> Int {
        guard isDoubted != true else { return 0 }
        let startIsAhead = start.map { $0 > latest } ?? false
        let completionIsAhead = completion.map { $0 > latest } ?? false
        let count = (startIsAhead ? 1 : 0) + (completionIsAhead ? 1 : 0)
        guard count > 0 else { return 0 }
        if startIsAhead, completion != nil, !completionIsAhead {
            recordedStart = start
            start = nil
        } else if completionIsAhead, start != nil, !startIsAhead {
            completion = nil
        } else {
            isDoubted = true
        }
        return count
    }
}
