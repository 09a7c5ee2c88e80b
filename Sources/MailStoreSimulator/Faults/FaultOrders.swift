/// The faults that are ordered, in the order in which they are to happen.
struct FaultOrders: Sendable {
    private struct Order: Sendable {
        var fault: Fault
        /// `*` = every function.
        var function: String
        /// How often it is still to happen; nil = until it is cleared.
        var remaining: Int?
    }

    private var orders: [Order] = []

    mutating func add(_ fault: Fault, for function: String, times: Int?) {
        guard times ?? 1 > 0 else { return }
        orders.append(Order(fault: fault, function: function, remaining: times))
    }

    mutating func clear(function: String? = nil) {
        orders.removeAll { function == nil || $0.function == function }
    }

    /// Takes the first fault that is ordered for a call of that function.
    ///
    /// A forgotten token shows only where somebody asks for it, thus not in a call that begins a process.
    mutating func take(for function: String) -> Fault? {
        let asksForToken = function == "get-status" || function == "cancel-async"
        return take { order in
            (order.function == function || order.function == "*") && (asksForToken || order.fault != .expiredToken)
        }
    }

    /// Whether the token of a process of that function is to be forgotten.
    mutating func takeExpiredToken(ofProcess function: String) -> Bool {
        take { $0.function == function && $0.fault == .expiredToken } != nil
    }

    private mutating func take(where matches: (Order) -> Bool) -> Fault? {
        guard let index = orders.firstIndex(where: matches) else { return nil }
        let fault = orders[index].fault
        if let remaining = orders[index].remaining {
            orders[index].remaining = remaining - 1
            if remaining <= 1 { orders.remove(at: index) }
        }
        return fault
    }
}
