import OperatingSystem
import PlainText

/// The files that `target_files` names, with the last valid version of each.
///
/// A mistake in a file affects this file alone: its last valid version stays in force. A file that changes is read once
/// two looks in a row have found it the same, so that a half-written one is not used; in the same way a file must be
/// missing twice. If a directory cannot be listed, its files stay as they were.
struct TargetFileSet: Sendable {
    fileprivate struct File {
        /// The state of the file when it was last read; `nil` reads it again.
        var known: FileFingerprint?
        /// The state of the file at the last look.
        var seen: FileFingerprint?
        /// How many looks in a row have found it changed.
        var changes = 0
        /// Whether it was missing at the last look.
        var isMissing = false
        /// The mistakes of the last reading.
        var mistakes: ConfigurationError?
        /// The newest version without mistakes of its own.
        var newest: [WrittenTarget]?
        /// The newest version that was in force as a whole.
        var accepted: [WrittenTarget]?
        var inForce: [TargetConfiguration] = []
        var problem: TargetFileReport.Problem?
    }

    private var patterns: [TargetFilePattern] = []
    private var files: [String: File] = [:]
    /// Why the files of a pattern cannot be listed.
    private var failures: [TargetFilePattern: String] = [:]
    /// Patterns whose directory has no matching file.
    private(set) var emptyPatterns: [TargetFilePattern] = []

    /// After a minute of changes at each look, a file that is not read is a mistake.
    static let mostChanges = 12

    /// Reads all files as they are now.
    ///
    /// A file that is being written is read again by the next calls of ``look(environment:)``.
    mutating func readAll(_ patterns: [TargetFilePattern], environment: [String: String]) {
        self.patterns = patterns
        let (found, _) = list()
        for path in found {
            read(path, environment)
            // A change right after reading may leave times and size as they are.
            files[path]?.known = nil
            files[path]?.seen = nil
        }
        files = files.filter { found.contains($0.key) || isOutOfSight($0.key) }
    }

    /// Looks for changes, and reads the files that have changed.
    ///
    /// - Returns: Whether ``resolve(after:)`` may have another result.
    mutating func look(environment: [String: String]) -> Bool {
        var (found, isChanged) = list()
        for path in found where lookAt(path, environment) { isChanged = true }
        for (path, file) in files where !found.contains(path) && !isOutOfSight(path) {
            if file.isMissing {
                files[path] = nil
                isChanged = true
            } else {
                files[path]?.isMissing = true
            }
        }
        return isChanged
    }

    private mutating func lookAt(_ path: String, _ environment: [String: String]) -> Bool {
        let former = files[path] ?? File()
        var file = former
        (file.seen, file.isMissing) = (FileFingerprint(path), false)
        file.changes = file.seen == former.seen ? 0 : file.changes + 1
        if file.changes == Self.mostChanges {
            let message =
                "\(QuotedText(path)) is never the same twice, so it is not read: write a new version only when "
                + "something has changed, under another name, and rename it"
            file.mistakes = ConfigurationError([.init(file: nil, line: nil, key: "target_files", message: message)])
        }
        files[path] = file
        if file.seen == former.seen, file.seen != file.known { read(path, environment) }
        return files[path].map { $0.mistakes != former.mistakes || $0.newest != former.newest } ?? false
    }

    private mutating func read(_ path: String, _ environment: [String: String]) {
        let before = FileFingerprint(path)
        var file = files[path] ?? File()
        let result = Result { () throws(ConfigurationError) in
            try ConfigurationFile.load(path: path, key: "target_files").targets(environment: environment)
        }
        (file.isMissing, file.seen) = (false, FileFingerprint(path))
        defer { files[path] = file }
        // Changed while it was read.
        guard file.seen == before else { return }
        switch result {
        case .success(let targets): (file.newest, file.mistakes, file.known) = (targets, nil, before)
        case .failure(let error): (file.mistakes, file.known) = (error, error.isTemporary ? nil : before)
        }
    }

    /// The files that exist, and whether the result of listing has changed.
    private mutating func list() -> (found: Set<String>, isChanged: Bool) {
        let formerFailures = failures
        var found: Set<String> = []
        (failures, emptyPatterns) = ([:], [])
        for pattern in patterns {
            do throws(InvalidValue) {
                let paths = try pattern.files()
                if paths.isEmpty { emptyPatterns.append(pattern) }
                found.formUnion(paths)
            } catch {
                failures[pattern] = error.description
            }
        }
        return (found, failures != formerFailures)
    }

    /// Whether the directory of a file cannot be listed, so that nobody knows whether the file exists.
    private func isOutOfSight(_ path: String) -> Bool {
        failures.keys.contains { $0.covers(path) }
    }

    /// Decides which targets are in force: of several with the same name the first one.
    ///
    /// The order is that of the patterns, and of the names of the files in each.
    ///
    /// - Parameter main: The targets of the configuration file, which precede all files.
    /// - Returns: The targets of each file, and the report.
    mutating func resolve(after main: [TargetConfiguration]) -> TargetFileReport {
        var report = TargetFileReport(isUsed: !patterns.isEmpty)
        for pattern in patterns {
            guard let failure = failures[pattern] else { continue }
            let mistake = ConfigurationError.Mistake(file: nil, line: nil, key: "target_files", message: failure)
            report.problems.append(
                .init(place: pattern.description, mistakes: [mistake], effect: .unlisted))
        }
        var owners = Dictionary(main.map { ($0.name, "the configuration file") }) { first, _ in first }
        for path in orderedPaths() {
            guard var file = files[path], file.isRead else { continue }
            file.resolve(path, owners: owners)
            for target in file.inForce { owners[target.name] = path }
            if let problem = file.problem { report.problems.append(problem) }
            report.files.append(.init(path: path, targets: file.inForce, isValid: file.problem == nil))
            files[path] = file
        }
        return report
    }

    private func orderedPaths() -> [String] {
        let places = files.keys.map { path in
            (pattern: patterns.firstIndex { $0.covers(path) } ?? patterns.count, path: path)
        }
        return places.sorted { left, right in
            left.pattern == right.pattern
                ? left.path.utf8.lexicographicallyPrecedes(right.path.utf8) : left.pattern < right.pattern
        }.map(\.path)
    }
}

extension TargetFileSet.File {
    /// Whether the file was read to its end at least once.
    fileprivate var isRead: Bool { newest != nil || mistakes != nil }

    /// - Parameter owners: The names that are taken, with the file that has them.
    fileprivate mutating func resolve(_ path: String, owners: [String: String]) {
        var mistakes = self.mistakes?.mistakes ?? []
        let clashes = (newest ?? []).compactMap { target in
            owners[target.name].map { owner in
                ConfigurationError.Mistake(
                    file: path, line: target.line, key: target.key,
                    message: "\"\(target.name)\" is already the name of a target in \(TerminalText.line(owner)); "
                        + "choose another name")
            }
        }
        if clashes.isEmpty { accepted = newest ?? accepted } else { mistakes += clashes }
        let version = accepted ?? newest
        inForce = (version ?? []).map(\.configuration).filter { owners[$0.name] == nil }
        guard !mistakes.isEmpty else { return problem = nil }
        let effect: TargetFileReport.Effect =
            if version == nil { .leftOut } else if version == newest, self.mistakes == nil { .partial } else {
                .formerVersion
            }
        problem = TargetFileReport.Problem(
            place: path, mistakes: ConfigurationError(mistakes).mistakes, effect: effect)
    }
}

/// The state of the target files.
package struct TargetFileReport: Sendable, Equatable {
    /// What a problem means for the targets.
    package enum Effect: Sendable {
        /// The file has never been valid: none of its targets are collected.
        case leftOut
        /// Targets whose names are taken are not collected, the others of the file are.
        case partial
        /// The last valid version of the file stays in force.
        case formerVersion
        /// It is unknown which files exist: those that were known stay in force.
        case unlisted
    }

    /// A file with a mistake, or a directory that cannot be listed.
    package struct Problem: Sendable, Equatable {
        /// The path of the file, or the pattern.
        package let place: String
        package let mistakes: [ConfigurationError.Mistake]
        package let effect: Effect

        /// Every mistake with its place and the remedy, one a line, without secrets.
        package var text: String { mistakes.map(\.description).joined(separator: "\n") }
    }

    struct File: Sendable, Equatable {
        var path: String
        var targets: [TargetConfiguration]
        var isValid: Bool
    }

    /// Whether the configuration names target files.
    package let isUsed: Bool
    package fileprivate(set) var problems: [Problem] = []
    fileprivate(set) var files: [File] = []

    package init(isUsed: Bool = false) {
        self.isUsed = isUsed
    }

    /// How many files are in force as they are.
    package var validFiles: Int { files.count(where: \.isValid) }
    /// How many files have mistakes.
    package var invalidFiles: Int { files.count - validFiles }
}
