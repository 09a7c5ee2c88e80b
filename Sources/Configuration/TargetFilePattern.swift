internal import Glibc
import OperatingSystem
import PlainText

/// An item of `target_files`: a directory, and a pattern for the names of the files in it.
///
/// Only the name may have wildcards. A directory that is gone can then be told from one without such files.
package struct TargetFilePattern: Sendable, Hashable, CustomStringConvertible {
    /// With a slash at the end; empty for the working directory.
    private let folder: String
    private let name: String

    /// More files are a mistake: of the pattern, or of whoever writes them.
    static let mostFiles = 10_000

    /// - Parameter paths: Resolves a relative directory.
    init(parsing written: String, paths: PathResolver) throws(InvalidValue) {
        let path = try paths.resolve(written)
        name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
        folder = String(path.dropLast(name.count))
        guard !name.isEmpty, name != ".", name != ".." else {
            throw InvalidValue(
                "\(QuotedText(written)) is a directory; add a pattern for the names of its files, such as *.yml")
        }
        guard !written.contains("\\") else {
            throw InvalidValue("\(QuotedText(written)) has a backslash; write / between directories")
        }
        let writtenFolder = written.lastIndex(of: "/").map { written[...$0] } ?? ""
        guard !writtenFolder.contains(where: { "*?[".contains($0) }), !name.contains("**") else {
            throw InvalidValue(
                "\(QuotedText(written)) has a wildcard for directories; only the name of the file may have wildcards, "
                    + "so add an item for each directory")
        }
        guard Self.closesBrackets(name) else {
            throw InvalidValue("\(QuotedText(written)) has a [ without its ]; close it, or write ? instead")
        }
    }

    package var description: String { folder + name }

    /// Whether every `[` begins a bracket expression (POSIX.1-2024, 2.14.1).
    private static func closesBrackets(_ name: String) -> Bool {
        var rest = name[...]
        while let start = rest.firstIndex(of: "[") {
            rest = rest[rest.index(after: start)...]
            if let first = rest.first, "!^".contains(first) { rest = rest.dropFirst() }
            // A ] in the first place is one of the characters.
            guard let end = rest.dropFirst().firstIndex(of: "]") else { return false }
            rest = rest[rest.index(after: end)...]
        }
        return true
    }

    /// Whether a file belongs to the pattern, whether it exists or not.
    func covers(_ path: String) -> Bool {
        guard path.hasPrefix(folder) else { return false }
        return matches(String(path.dropFirst(folder.count)))
    }

    /// Names that begin with a dot are hidden from wildcards, so that unfinished files of editors are not read.
    private func matches(_ fileName: String) -> Bool {
        !fileName.contains("/") && fnmatch(name, fileName, FNM_PERIOD | FNM_NOESCAPE) == 0
    }

    /// The matching files, in no order; none if the directory has none.
    ///
    /// - Throws: The reason, with the remedy, if the directory cannot be listed.
    func files() throws(InvalidValue) -> [String] {
        let shown = QuotedText(folder.isEmpty ? "." : folder)
        guard let directory = opendir(folder.isEmpty ? "." : folder) else { throw Self.failure(errno, shown) }
        defer { closedir(directory) }
        var found: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(directory) else { break }
            let fileName = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard matches(fileName) else { continue }
            guard found.count < Self.mostFiles else {
                throw InvalidValue(
                    "\(QuotedText(description)) matches more than \(Self.mostFiles) files; write several targets into "
                        + "one file")
            }
            found.append(folder + fileName)
        }
        guard errno == 0 else { throw Self.failure(errno, shown) }
        return found
    }

    private static func failure(_ code: Int32, _ folder: QuotedText) -> InvalidValue {
        switch code {
        case ENOENT, ENOTDIR:
            InvalidValue("there is no directory \(folder); create it, or correct target_files")
        case EACCES, EPERM:
            InvalidValue(
                "\(FileUser.current) may not read the directory \(folder); let its group read it (chmod 750 ...), and let "
                    + "it enter the directories above")
        default:
            InvalidValue("the directory \(folder) cannot be read: \(String(cString: strerror(code)))")
        }
    }
}

extension TargetFilePattern {
    /// Reads the key `target_files`.
    static func readAll(_ root: MappingReader, paths: PathResolver) -> [TargetFilePattern] {
        let parse = { (text: String) throws(InvalidValue) in try TargetFilePattern(parsing: text, paths: paths) }
        return root.values("target_files", of: "a pattern for files, such as targets.d/*.yml", parse) ?? []
    }
}
