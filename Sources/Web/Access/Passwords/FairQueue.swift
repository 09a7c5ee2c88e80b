/// A bounded queue in which clients take turns, so that one who asks for much does not keep the others waiting.
struct FairQueue<Client: Hashable, Item> {
    private let limit: Int
    private let limitPerClient: Int
    private var lines: [Client: [Item]] = [:]
    /// Who has a line, the next one first.
    private var turns: [Client] = []
    private(set) var count = 0

    init(limit: Int, limitPerClient: Int) {
        self.limit = limit
        self.limitPerClient = limitPerClient
    }

    /// Puts an item at the end of the client's line; `false` where there is no room for it.
    mutating func append(_ item: Item, for client: Client) -> Bool {
        guard count < limit, lines[client]?.count ?? 0 < limitPerClient else { return false }
        if lines[client] == nil { turns.append(client) }
        lines[client, default: []].append(item)
        count += 1
        return true
    }

    /// Takes the first item of the client whose turn it is.
    mutating func popFirst() -> Item? {
        guard let client = turns.first, var line = lines[client] else { return nil }
        turns.removeFirst()
        let item = line.removeFirst()
        count -= 1
        if line.isEmpty {
            lines[client] = nil
        } else {
            lines[client] = line
            turns.append(client)
        }
        return item
    }

    /// Takes the first item out that fits, wherever it stands.
    mutating func remove(where fits: (Item) -> Bool) -> Item? {
        for client in turns {
            guard var line = lines[client], let index = line.firstIndex(where: fits) else { continue }
            let item = line.remove(at: index)
            count -= 1
            lines[client] = line.isEmpty ? nil : line
            if line.isEmpty { turns.removeAll { $0 == client } }
            return item
        }
        return nil
    }
}

extension FairQueue: Sendable where Client: Sendable, Item: Sendable {}
