import Exposition
import PlainText

@testable import LogOutput
@testable import MailStoreAPI
@testable import MailStoreSimulator
@testable import Web

extension FuzzTarget {
    /// Text of servers and users, in the places where it appears.
    static let texts = [
        FuzzTarget(name: "plain-text") { input in
            let text = text(input)
            let clean = TerminalText.clean(text)
            try promise(clean.unicodeScalars.count <= TerminalText.longest + 1, "the text is not cut")
            try promise(TerminalText.line(clean) == clean, "a cleaned text is not clean")
            try promise(!clean.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "a control character for the terminal")
            for columns in [0, 1, 7] {
                try promise(
                    TerminalText.width(TerminalText.cut(clean, to: columns)) <= columns, "wider than \(columns)")
            }
            let quoted = QuotedText(text).description
            try promise(quoted.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a control character in a message")
            let written = Array(JSONText(text).description.utf8)
            let read = try JSONReader.read(written) { (reader) throws(JSONError) in try reader.readString() }
            try promise(read == text, "JSON contains another text")
            _ = NearestName.find(text, among: ["password_file", "pinned_public_key", "name"])
        },
        FuzzTarget(name: "form") { input in
            let texts = parts(input, atMost: 2).map(text)
            let body = FormField.encode([FormField(texts[0], texts.count > 1 ? texts[1] : "")])
            let fields = FormDecoding.fields(body)
            try promise(fields == [texts[0]: texts.count > 1 ? texts[1] : ""], "a form is read differently: \(fields)")
            let raw = FormDecoding.fields(input)
            try promise(raw.count <= input.count, "more fields than bytes")
            let header = text(input)
            if let ours = BasicCredentials(authorization: header), let theirs = AuthorizationHeader(header) {
                try promise(
                    String(decoding: ours.user, as: UTF8.self) == theirs.userName, "a login is read differently")
            }
        },
        FuzzTarget(name: "log-line") { input in
            let texts = parts(input, atMost: 4).map(text)
            let fields = zip(["msg", "error"] + texts, texts).map { ($0, $1) }
            let logfmt = LogLine.logfmt(fields)
            try promise(!logfmt.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "a log line has control characters")
            let json = LogLine.json(fields)
            try promise((try? JSONTree(json: Array(json.utf8))) != nil, "a log line is not JSON: \(json)")
        },
        FuzzTarget(name: "exposition") { input in
            let texts = parts(input, atMost: 8).map(text)
            var gauge = FamilyBlock.Builder(Families.gauge)
            var counter = FamilyBlock.Builder(Families.counter)
            var info = FamilyBlock.Builder(Families.info)
            var states = FamilyBlock.Builder(Families.states)
            for (index, text) in texts.enumerated() {
                let value = Double(text) ?? Double(bitPattern: UInt64(truncatingIfNeeded: text.hashOfBytes))
                let labels = [("name", text), ("other", texts[texts.count - 1 - index])]
                gauge.add(labels: labels, value)
                counter.add(labels: labels, value)
                info.addInfo(labels: labels)
                states.addStates(labels: labels, states: texts, current: text)
            }
            let blocks = [gauge.finish(), counter.finish(), info.finish(), states.finish()]
            for renderer in try Families.renderers.get() {
                try ExpositionCheck.check(renderer.section(blocks, isLast: true).bytes, renderer.format)
            }
        },
    ]
}

private enum Families {
    static let gauge = FamilyDescriptor("a_gauge", .gauge, help: "A gauge.", labels: ["name", "other"], group: "fuzz")
    static let counter = FamilyDescriptor(
        "a_counter", .counter, help: "A counter.", labels: ["name", "other"], group: "fuzz")
    static let info = FamilyDescriptor("an", .info, help: "An info.", labels: ["name", "other"], group: "fuzz")
    static let states = FamilyDescriptor(
        "a_state", .stateset, help: "States.", labels: ["name", "other"], stateLabel: "state", group: "fuzz")
    static let renderers = Result {
        let catalogue = try Catalogue([gauge, counter, info, states])
        return Format.allCases.map { PageRenderer(catalogue, format: $0) }
    }
}

extension String {
    /// The same for the same text in every process, unlike `hashValue`.
    fileprivate var hashOfBytes: UInt64 {
        utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
