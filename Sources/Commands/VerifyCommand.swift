import Glibc
import Ledger
package import MailStoreAPI
import OperatingSystem
package import PlainText

/// Runs a verification, shows it while it runs, and judges how it ended.
package struct VerifyCommand: Sendable {
    /// What is verified.
    package enum Scope: Sendable, Equatable {
        /// One store, by its id.
        case store(String)
        case all
    }

    package enum Verdict: Sendable {
        /// It succeeded, and no line of its log looks like damage.
        case sound
        /// It did not succeed, or its log speaks of damage.
        case suspect
        /// It was left before its end, or its log could not be kept.
        case incomplete
    }

    package var scope: Scope
    package var includesIndexes: Bool
    /// Where the log is kept; a file of that name is replaced.
    package var logFile: String?

    package init(_ scope: Scope, includesIndexes: Bool = false, logFile: String? = nil) {
        self.scope = scope
        self.includesIndexes = includesIndexes
        self.logFile = logFile
    }

    /// Does it.
    ///
    /// - Parameter attaching: The beginning of a command line that takes a process up again; its token goes behind it.
    /// - Throws: ``CommandError`` where it could not be run, or was lost.
    package func run(
        on connection: TargetConnection, console: Console, attaching: [String]
    ) async throws(CommandError) -> Verdict {
        let call = try await prepare(on: connection, console: console)
        let log = try openLog()
        let session = ProcessSession(
            call.label, api: connection.api, console: console, callTime: connection.settings.timeout.duration,
            keepLog: { log?.append($0) })
        let outcome = try await session.run(call.send)
        if let problem = log?.problem { console.say("mailstore_exporter: \(problem)") }
        switch outcome {
        case .ended(let envelope):
            let view = await session.view
            let took = await session.elapsed
            let conclusion = VerificationConclusion(
                title: call.title, problem: envelope.problem, log: view.log, took: took)
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
                "\(call.title) was interrupted before its reply came; the verification may have begun on the server")
        }
    }

    private func openLog() throws(CommandError) -> KeptLog? {
        guard let logFile else { return nil }
        return try KeptLog(path: logFile)
    }
}

extension VerifyCommand {
    package var function: String {
        scope == .all ? "VerifyStores" : "VerifyStore"
    }

    /// Looks whether the verification can be run at all.
    package func prepare(on connection: TargetConnection, console: Console) async throws(CommandError)
        -> CallCommand.Prepared
    {
        let functions = try await connection.functions()
        guard let metadata = functions.first(where: { $0.name == function }) else {
            throw CommandError(
                .failure,
                "the server does not offer \(function); see what it offers: mailstore_exporter functions 'Verify*'"
            )
        }
        var title = "verification of all stores"
        if case .store(let id) = scope {
            let name = try await storeName(id, functions, connection, console)
            title = "verification of store \(ScreenText.line(id))" + (name.map { " \(QuotedText($0))" } ?? "")
        }
        if includesIndexes, !metadata.takesIndexes {
            console.say(
                "warning: this server's \(function) does not know includeIndexes; it decides about the indexes itself"
            )
        }
        var call = connection.call(function, fields(for: metadata))
        call.title = title
        return call
    }

    /// The arguments, as far as this server knows them (`mailstore-api.md`, section 2).
    package func fields(for metadata: FunctionMetadata) -> [FormField] {
        var fields: [FormField] = []
        if case .store(let id) = scope { fields.append(FormField("id", id)) }
        for argument in metadata.arguments where argument.name == FunctionMetadata.indexes {
            if includesIndexes || argument.nullable != true { fields.append(FormField(argument.name, includesIndexes)) }
        }
        return fields
    }

    /// The name of the store; `nil` where the server cannot tell, which is no reason not to verify.
    private func storeName(
        _ id: String, _ functions: [FunctionMetadata], _ connection: TargetConnection, _ console: Console
    ) async throws(CommandError) -> String? {
        let listing = InformationalFunction.getStores
        guard functions.contains(where: { $0.name == listing.rawValue }) else { return nil }
        let stores: [Store]
        do throws(APIError) {
            stores = try await connection.api.invoke(listing, as: [Store].self, by: connection.deadline())
        } catch  where error.reason == .apiError || error.reason == .badReply {
            console.say("warning: the stores cannot be listed: \(ScreenText.line(error.description))")
            return nil
        } catch {
            throw CommandError(error)
        }
        guard let store = stores.first(where: { $0.id == id }) else {
            throw CommandError(.failure, Self.unknownStore(id, among: stores))
        }
        return store.name
    }

    package static func unknownStore(_ id: String, among stores: [Store]) -> String {
        guard !stores.isEmpty else { return "there is no store \(QuotedText(id)); the server lists no stores at all" }
        let width = stores.map(\.id.count).max() ?? 0
        let lines = stores.map { store in
            let padding = String(repeating: " ", count: width - store.id.count)
            return "  \(padding)\(ScreenText.line(store.id))  \(ScreenText.line(store.name ?? ""))"
        }
        return (["there is no store \(QuotedText(id)); give the id of one of these:"] + lines).joined(separator: "\n")
    }
}

extension FunctionMetadata {
    fileprivate static let indexes = "includeIndexes"

    fileprivate var takesIndexes: Bool { arguments.contains { $0.name == Self.indexes } }
}

/// What a verification that has ended says of the archive, in one line.
struct VerificationConclusion {
    var title: String
    /// Why it did not succeed; `nil` where it did.
    var problem: String?
    var log: VerificationLog
    var took: Duration

    /// Whether it succeeded and nothing in its log looks like damage.
    ///
    /// Nobody has published how a damaged store ends a verification (`mailstore-api.md`, section 1), so both count.
    var isSound: Bool { problem == nil && log.errorLines == 0 }

    var text: String {
        var parts = [problem ?? "succeeded"]
        if let count = log.messagesVerified { parts.append("\(Grouped(count)) messages verified") }
        switch log.errorLines {
        case 0: parts.append("no line of the log looks like damage")
        case 1: parts.append("1 line of the log looks like damage")
        case let count: parts.append("\(Grouped(Int64(count))) lines of the log look like damage")
        }
        return "\(title): \(parts.joined(separator: "; ")) (\(ClockText(took)))"
    }
}

/// A file that a log is written to as it comes.
final class KeptLog: Sendable {
    private let path: String
    private let descriptor: Int32
    private let failure = Locked<Int32?>(nil)

    /// Makes the file, or empties the one that is there.
    init(path: String) throws(CommandError) {
        // A log may name mails: it is for its owner.
        descriptor = path.utf8.contains(0) ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        self.path = path
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw CommandError(
                .failure, "--log: \(QuotedText(path)) cannot be written (\(reason)); name a file in a folder of yours")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Why the file does not hold the whole log; `nil` while it does.
    var problem: String? {
        failure.withLock { $0 }.map { code in
            "the log in \(QuotedText(path)) is not complete: \(String(cString: strerror(code)))"
        }
    }

    /// Writes on; after a failure nothing more, so that the file never has a gap.
    func append(_ text: String) {
        var text = text
        failure.withLock { failure in
            guard failure == nil else { return }
            text.withUTF8 { bytes in
                if !WholeWrite.write(UnsafeRawBufferPointer(bytes), to: descriptor) { failure = errno }
            }
        }
    }
}
