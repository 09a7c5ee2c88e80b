import Collection
import MicroHTTPServer
import PlainText

/// The newest calls to a target.
struct CallTable {
    var calls: [CallLog.Entry]

    var html: HTML {
        guard !calls.isEmpty else { return "<p class=\"soft\">No call has been made yet.</p>" }
        return Table(
            label: "Calls", style: "calls", columns: ["Function", "Started", "Took", "Reply", "Status", "Outcome"]
        ).html(calls.map(row))
    }

    private func row(_ call: CallLog.Entry) -> [Table.Cell] {
        var outcome = Piece.tag(.good, "answered")
        if let failure = call.failure.map({ Status.Failure($0) }) {
            outcome = "<span class=\"mono failure\">\(failure.reason)</span> \(Piece.name(failure.message))"
        }
        return [
            Table.Cell(content: "<span class=\"mono\">\(call.function)</span>"),
            Table.Cell(content: Piece.second(Status.Moment(call.start)), fits: true),
            Table.Cell(content: call.duration.map { "\(Wording.span($0.inSeconds))" } ?? "", fits: true),
            Table.Cell(content: call.replySize.map { "\(Wording.bytes(Int64($0)))" } ?? "", fits: true),
            Table.Cell(content: call.status.map { "HTTP \($0)" } ?? "", fits: true),
            Table.Cell(content: outcome, isWide: call.failure != nil),
        ]
    }
}
