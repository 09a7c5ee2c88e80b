import OperatingSystem

@testable import MailStoreAPI

extension FuzzTarget {
    /// The envelope of every reply, and the long-running process that several of them describe.
    static let replies = [
        FuzzTarget(name: "reply") { input in
            let reply = try? APIReply(reply: input)
            let isDocument = (try? JSONTree(json: input)) != nil
            guard let reply else { return }
            if let error = reply.error {
                let type = error.exceptionType
                try promise(type.utf8.count <= 128, "an exception's type of \(type.utf8.count) bytes is a label")
                let isName = type.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
                try promise(isName, "\(type) is not the name of a type")
            }
            if let result = try? reply.result(as: JSONTree.self) {
                try promise((try? reply.result(as: AnyResult.self)) != nil, "the result \(result) cannot be skipped")
            } else if isDocument {
                // There is none: every value of a document that can be read can be read on its own.
                try promise((try? reply.result(as: AnyResult.self)) == nil, "the result is there, but not readable")
            }
        },
        FuzzTarget(name: "process") { input in
            var process: LongRunningProcess?
            var logged = 0
            for part in parts(input, atMost: 64) {
                guard let reply = try? APIReply(reply: part) else { continue }
                guard var current = process else {
                    process = (try? LongRunningProcess(reply)) ?? nil
                    continue
                }
                let before = current.statusVersion
                let step = current.received(reply, after: .zero)
                try promise(current.statusVersion >= before, "the version of the status goes back")
                if let progress = current.progress {
                    try promise(progress > 0 && progress <= 1, "\(progress) is no part of a process")
                }
                if case .ended = step {
                    try promise(current.isOver && reply.statusCode != .running, "a running process has ended")
                }
                logged += current.takeLog()?.utf8.count ?? 0
                _ = current.statusQuery(within: .seconds(1))
                process = current
            }
            // An escape of six bytes becomes a character of up to three, and a byte that is not UTF-8 becomes three.
            try promise(logged <= 3 * input.count, "the log is longer than all replies")
        },
    ]
}

/// A result that is only skipped.
private struct AnyResult: JSONDecodable {
    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.skipValue()
    }
}
