import OperatingSystem

/// The runs of one item by key, in the order of their arrival.
///
/// A table of positions beside an array takes half of the space of a dictionary, and an array can be copied, compared and
/// read fast. Bounds of the times tell in nearly all rounds that no run has to be looked at.
struct RunTable: Sendable {
    /// The runs in the order of their arrival.
    private(set) var runs: [Run] = []
    /// The keys of the runs whose key is not their id, by position.
    private var otherKeys: [Int: String] = [:]
    /// Positions + 1 by the hash of the key, 0 for none; empty while there are few runs.
    private var slots: [UInt32] = []
    /// No run is ordered before it: a lower bound.
    private(set) var earliest = Timestamp(secondsSince1970: .infinity)
    /// No time of a run that is believed is after it: an upper bound.
    private(set) var latest = Timestamp(secondsSince1970: -.infinity)

    /// Up to so many runs are found one after the other.
    private static let few = 8

    init() {}

    init(_ runs: [String: Run]) {
        reserve(runs.count)
        for (key, run) in runs.sorted(by: { $0.key.isOrderedBefore($1.key) }) { self[key] = run }
    }

    var count: Int { runs.count }
    var isEmpty: Bool { runs.isEmpty }

    /// Prepares for so many runs.
    mutating func reserve(_ count: Int) {
        runs.reserveCapacity(count)
        if count > Self.few { rebuild(for: count) }
    }

    subscript(key: String) -> Run? {
        get { position(of: key).map { runs[$0] } }
        set {
            guard let newValue else {
                if let position = position(of: key) { removeAll { $0 == position } }
                return
            }
            if let position = position(of: key, orAppending: newValue) {
                runs[position] = newValue
                otherKeys[position] = newValue.id == key ? nil : key
            }
            extendBounds(by: newValue)
        }
    }

    /// The key of the run at a position.
    func key(at position: Int) -> String {
        otherKeys.isEmpty ? runs[position].id : otherKeys[position] ?? runs[position].id
    }

    /// The runs with their keys.
    var elements: some Sequence<(key: String, run: Run)> {
        runs.indices.lazy.map { (key(at: $0), runs[$0]) }
    }

    /// Removes runs and returns them.
    mutating func remove(where isRemoved: (Run) -> Bool) -> [Run] {
        let positions = Set(runs.indices.filter { isRemoved(runs[$0]) })
        guard !positions.isEmpty else {
            findBounds()
            return []
        }
        let removed = positions.sorted().map { runs[$0] }
        removeAll { positions.contains($0) }
        return removed
    }

    /// Changes runs; their keys stay.
    mutating func change(where isChanged: (Run) -> Bool, _ change: (inout Run) -> Void) {
        for position in runs.indices where isChanged(runs[position]) {
            let key = key(at: position)
            change(&runs[position])
            otherKeys[position] = runs[position].id == key ? nil : key
        }
        findBounds()
    }

    private mutating func removeAll(_ isRemoved: (Int) -> Bool) {
        var kept: [Run] = []
        var keys: [Int: String] = [:]
        kept.reserveCapacity(runs.count)
        for position in runs.indices where !isRemoved(position) {
            if let key = otherKeys[position] { keys[kept.count] = key }
            kept.append(runs[position])
        }
        (runs, otherKeys) = (kept, keys)
        rebuild(for: runs.count)
        findBounds()
    }

    // MARK: - Bounds

    private mutating func extendBounds(by run: Run) {
        if let instant = run.place ?? run.recorded { earliest = min(earliest, instant) }
        guard run.isDoubted != true else { return }
        if let start = run.start { latest = max(latest, start) }
        if let completion = run.completion { latest = max(latest, completion) }
    }

    private mutating func findBounds() {
        earliest = Timestamp(secondsSince1970: .infinity)
        latest = Timestamp(secondsSince1970: -.infinity)
        for run in runs { extendBounds(by: run) }
    }

    // MARK: - Positions

    private func position(of key: String) -> Int? {
        guard !slots.isEmpty else { return runs.indices.first { self.key(at: $0) == key } }
        let position = Int(slots[slot(of: key)]) - 1
        return position < 0 ? nil : position
    }

    /// The slot of a key, or the one that it will have.
    private func slot(of key: String) -> Int {
        var slot = key.hashValue & (slots.count - 1)
        while slots[slot] != 0, self.key(at: Int(slots[slot]) - 1) != key { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    /// The position of the key; `nil` if it had none, and the run was appended with it.
    private mutating func position(of key: String, orAppending run: Run) -> Int? {
        let free = slots.isEmpty ? nil : slot(of: key)
        if let found = free.map({ Int(slots[$0]) - 1 }) ?? position(of: key), found >= 0 { return found }
        runs.append(run)
        if run.id != key { otherKeys[runs.count - 1] = key }
        // At most three of four slots are in use.
        if let free, runs.count * 4 <= slots.count * 3 {
            slots[free] = UInt32(runs.count)
        } else if runs.count > Self.few {
            rebuild(for: runs.count * 2)
        }
        return nil
    }

    private mutating func rebuild(for count: Int) {
        slots = []
        guard count > Self.few else { return }
        var size = 16
        while size * 3 < count * 4 { size *= 2 }
        slots = Array(repeating: 0, count: size)
        for position in runs.indices { slots[slot(of: key(at: position))] = UInt32(position + 1) }
    }
}

extension RunTable: Hashable {
    static func == (left: RunTable, right: RunTable) -> Bool {
        guard left.count == right.count else { return false }
        // The same storage, usually: then this takes no time.
        if left.runs == right.runs { return left.otherKeys == right.otherKeys }
        return left.elements.allSatisfy { right[$0.key] == $0.run }
    }

    func hash(into hasher: inout Hasher) { hasher.combine(count) }
}

extension RunTable: Codable {
    init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode([String: Run].self))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Dictionary(elements.map { ($0.key, $0.run) }) { $1 })
    }
}
