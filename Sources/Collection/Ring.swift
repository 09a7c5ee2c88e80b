/// The newest elements of a sequence without end.
struct Ring<Element: Sendable>: Sendable {
    private let capacity: Int
    private var slots: [Element] = []
    /// Where the next element goes, once all slots are taken: the oldest one's place.
    private var next = 0

    /// - Parameter capacity: How many are kept; at least one.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    mutating func append(_ element: Element) {
        guard slots.count == capacity else { return slots.append(element) }
        slots[next] = element
        next = (next + 1) % capacity
    }

    /// Those that are kept, the oldest first.
    var elements: [Element] {
        Array(slots[next...] + slots[..<next])
    }

    var last: Element? {
        slots.isEmpty ? nil : slots[(next + slots.count - 1) % slots.count]
    }
}
