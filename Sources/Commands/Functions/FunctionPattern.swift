/// What a person types to pick functions: a part of the name, or a pattern with `*` and `?` for the whole of it.
///
/// Case does not count.
struct FunctionPattern {
    private let text: [Character]
    private let isGlob: Bool

    init(_ text: String) {
        self.text = Array(text.lowercased())
        isGlob = text.contains { $0 == "*" || $0 == "?" }
    }

    func matches(_ name: String) -> Bool {
        let name = name.lowercased()
        return isGlob ? matches(Array(name)) : text.isEmpty || name.contains(String(text))
    }

    /// Walks along the name; where it does not go on, the last star takes one character more.
    private func matches(_ name: [Character]) -> Bool {
        var (place, at) = (0, 0)
        var star: (place: Int, at: Int)?
        while at < name.count {
            if place < text.count, text[place] == "*" {
                star = (place, at)
                place += 1
            } else if place < text.count, text[place] == "?" || text[place] == name[at] {
                place += 1
                at += 1
            } else if let last = star {
                star = (last.place, last.at + 1)
                place = last.place + 1
                at = last.at + 1
            } else {
                return false
            }
        }
        return text[place...].allSatisfy { $0 == "*" }
    }
}
