import MailStoreAPI

extension ProcessEvent {
    /// The event in a few words, for comparisons.
    var summary: String {
        switch self {
        case .status(let process): "status \(process.statusVersion)"
        case .log(let text): "log \(text)"
        case .trouble(let error, let pause): "trouble \(error.reason.rawValue), again after \(pause)"
        case .ended(let end): "ended \(end.state)"
        }
    }
}

extension ProcessEvents {
    /// All events to the end, in a few words each.
    func summaries() async -> [String] {
        var summaries: [String] = []
        for await event in self { summaries.append(event.summary) }
        return summaries
    }
}
