/// The last so many elements that were put in.
struct RecentSet<Element: Hashable> {
    private let capacity: Int
    private var elements: Set<Element> = []
    private var order: [Element] = []
    /// Where the oldest stands, once `order` is full.
    private var oldest = 0

    /// - Parameter capacity: At least 1.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    func contains(_ element: Element) -> Bool { elements.contains(element) }

    mutating func insert(_ element: Element) {
        guard elements.insert(element).inserted else { return }
        guard order.count == capacity else {
            order.append(element)
            return
        }
        elements.remove(order[oldest])
        order[oldest] = element
        oldest = (oldest + 1) % capacity
    }
}

extension RecentSet: Sendable where Element: Sendable {}
