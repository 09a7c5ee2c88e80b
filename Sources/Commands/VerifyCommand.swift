import Glibc
import Ledger
import MailStoreAPI
import OperatingSystem
import PlainText

/// Runs a verification, shows its progress, and reports whether the store is undamaged.
package struct VerifyCommand: Sendable {
    /// The stores to verify.
    package enum Scope: Sendable, Equatable {
        /// One store, by its id.
        case store(String)
        case all
    }

    package enum Verdict: Sendable {
        /// It succeeded, and no line of its log looks like damage.
        case sound
        /// It did not succeed, or its log reports damage.
        case suspect
        /// It was not followed to its end, or its log could not be written.
        case incomplete
    }

    private let scope: Scope
    private let includesIndexes: Bool
    /// The file for the log; an existing one is replaced.
    private let logFile: String?

    package init(_ scope: Scope, includesIndexes: Bool = false, logFile: String? = nil) {
        self.scope = scope
        self.includesIndexes = includesIndexes
        self.logFile = logFile
    }

    /// Runs the command.
    ///
    /// - Parameter attaching: The beginning of a command line that follows a process again, without the token.
    /// - Throws: ``CommandError`` if the verification could not be started, or was lost.
    package func run(
        on connection: TargetConnection, console: Console, attaching: [String]
    ) async throws(CommandError) -> Verdict {
        let call = try await prepare(on: connection, console: console)
        var log: LogFile?
        if let logFile { log = try LogFile(path: logFile) }
        let session = ProcessSession(
            call.label, api: connection.api, console: console, callTime: connection.settings.timeout.duration,
            keepLog: { [log] in log?.append($0) })
        let outcome = try await session.run(call.send)
        if let problem = log?.problem { console.say("mailstore_exporter: \(problem)") }
        switch outcome {
        case .ended(let envelope):
            let conclusion = VerificationConclusion(
                title: call.title, problem: envelope.problem, log: await session.view.log, took: await session.elapsed)
            try console.writeResult(Array((conclusion.text + "\n").utf8))
            guard conclusion.isSound else { return .suspect }
            return log?.problem == nil ? .sound : .incomplete
        case .lost:
            throw .lost(call.title)
        case .left(let token, let error):
            console.sayLeft(call.title, token: token, because: error, attaching: attaching)
            return .incomplete
        case .interrupted:
            throw CommandError(
                .failure,
                "\(call.title) was interrupted before its reply arrived; the server may have started the verification")
        }
    }

    /// Checks that the server can run the verification.
    private func prepare(
        on connection: TargetConnection, console: Console
    ) async throws(CommandError) -> CallCommand.Prepared {
        let function = scope == .all ? "VerifyStores" : "VerifyStore"
        let functions = try await connection.functions()
        guard let metadata = functions.first(where: { $0.name == function }) else {
            throw CommandError(
                .failure,
                "the server does not offer \(function); list what it offers with: mailstore_exporter functions 'Verify*'"
            )
        }
        var title = "verification of all stores"
        if case .store(let id) = scope {
            let name = try await storeName(id, functions, connection, console)
            title = "verification of store \(TerminalText.line(id))" + (name.map { " \(QuotedText($0))" } ?? "")
        }
        if includesIndexes, !metadata.arguments.contains(where: { $0.name == Self.indexes }) {
            console.say(
                "warning: \(function) of this server has no argument \(Self.indexes); the server decides whether to "
                    + "verify the indexes")
        }
        var call = connection.call(function, fields(for: metadata))
        call.title = title
        return call
    }

    private static let indexes = "includeIndexes"

    /// The arguments that this server accepts (`docs/api.md`, "Functions").
    func fields(for metadata: FunctionMetadata) -> [FormField] {
        var fields: [FormField] = []
        if case .store(let id) = scope { fields.append(FormField("id", id)) }
        for argument in metadata.arguments where argument.name == Self.indexes {
            if includesIndexes || argument.nullable != true { fields.append(FormField(argument.name, includesIndexes)) }
        }
        return fields
    }

    /// The name of the store; `nil` if the server cannot list its stores, which does not prevent a verification.
    private func storeName(
        _ id: String, _ functions: [FunctionMetadata], _ connection: TargetConnection, _ console: Console
    ) async throws(CommandError) -> String? {
        let listing = InformationalFunction.getStores
        guard functions.contains(where: { $0.name == listing.rawValue }) else { return nil }
        let stores: [Store]
        do throws(APIError) {
            stores = try await connection.api.invoke(listing, as: [Store].self, by: connection.deadline())
        } catch  where error.reason == .apiError || error.reason == .badReply {
            console.say("warning: cannot list the stores: \(TerminalText.line(error.description))")
            return nil
        } catch {
            throw CommandError(error)
        }
        guard let store = stores.first(where: { $0.id == id }) else {
            throw CommandError(.failure, Self.unknownStore(id, among: stores))
        }
        return store.name
    }

    static func unknownStore(_ id: String, among stores: [Store]) -> String {
        guard !stores.isEmpty else { return "there is no store \(QuotedText(id)); the server has no stores at all" }
        let width = stores.map(\.id.count).max() ?? 0
        let lines = stores.map { store in
            let padding = String(repeating: " ", count: width - store.id.count)
            return "  \(padding)\(TerminalText.line(store.id))  \(TerminalText.line(store.name ?? ""))"
        }
        return (["there is no store \(QuotedText(id)); use the id of one of these:"] + lines).joined(separator: "\n")
    }
}

/// The result of a verification that has ended, in one line.
struct VerificationConclusion {
    let title: String
    /// Why it did not succeed; `nil` if it did.
    let problem: String?
    let log: VerificationLog
    let took: Duration

    /// Whether it succeeded and nothing in its log looks like damage.
    ///
    /// It is undocumented how the verification of a damaged store ends, so both are checked
    /// (`docs/api.md`, "What nobody knows").
    var isSound: Bool { problem == nil && log.errorLines == 0 }

    var text: String {
        var parts = [problem ?? "succeeded"]
        if let count = log.messagesVerified {
            parts.append("\(Grouped(count)) message\(count == 1 ? "" : "s") verified")
        }
        switch log.errorLines {
        case 0: parts.append("no line of the log looks like damage")
        case 1: parts.append("1 line of the log looks like damage")
        case let count: parts.append("\(Grouped(Int64(count))) lines of the log look like damage")
        }
        return "\(title): \(parts.joined(separator: "; ")) (\(ClockText(took)))"
    }
}

/// The file of `--log`, which receives the log of a verification while it runs.
private final class LogFile: Sendable {
    private let path: String
    private let descriptor: Int32
    private let failure = Locked<Int32?>(nil)

    /// Creates the file, or truncates an existing one.
    init(path: String) throws(CommandError) {
        // Only the owner may read it, because a log may quote e-mail.
        descriptor = path.utf8.contains(0) ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        self.path = path
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw CommandError(
                .failure, "--log: cannot write \(QuotedText(path)) (\(reason)); name another file")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Why the file does not contain the whole log; `nil` if it does.
    var problem: String? {
        failure.withLock { $0 }.map { code in
            "the log in \(QuotedText(path)) is incomplete: \(String(cString: strerror(code)))"
        }
    }

    /// Appends to the file; does nothing after a failure, so that the file never has a gap.
    func append(_ text: String) {
        var text = text
        failure.withLock { failure in
            guard failure == nil else { return }
            text.withUTF8 { bytes in
                if !Descriptors.write(UnsafeRawBufferPointer(bytes), to: descriptor) { failure = errno }
            }
        }
    }
}
