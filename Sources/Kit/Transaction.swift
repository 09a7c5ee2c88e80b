internal import Glibc
internal import OperatingSystem

/// Writes files under temporary names and then renames them, all of them or none.
final class Transaction {
    private struct Staged {
        var temporary: String
        var path: String
    }

    /// Files that still have their temporary names.
    private var staged: [Staged] = []
    /// New directories, outer ones first.
    private var newDirectories: [String] = []
    /// Renamed files, with the path under which the previous content is kept.
    private var moved: [(path: String, kept: String?)] = []

    /// Writes a file under a temporary name, and creates the directories above it.
    func stage(_ text: String, for path: String) throws(KitError) {
        try makeDirectories(above: path)
        let (directory, name) = Self.parts(of: path)
        var template = Array("\(directory)/.\(name).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw Self.failure("cannot be written", path) }
        let temporary = template.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
        staged.append(Staged(temporary: temporary, path: path))
        defer { close(descriptor) }
        // Other users read the files: Prometheus, Grafana and systemd.
        guard Array(text.utf8).withUnsafeBytes({ Descriptors.write($0, to: descriptor) }),
            fchmod(descriptor, 0o644) == 0, fsync(descriptor) == 0
        else { throw Self.failure("cannot be written", path) }
    }

    /// Renames the staged files.
    ///
    /// - Returns: For each replaced file, the path under which its previous content is kept.
    func commit() throws(KitError) -> [String: String] {
        var allKept: [String: String] = [:]
        while let file = staged.first {
            let kept = try keep(file.path)
            guard rename(file.temporary, file.path) == 0 else {
                let failure = Self.failure("cannot be replaced", file.path)
                if let kept { unlink(kept) }
                throw failure
            }
            staged.removeFirst()
            moved.append((file.path, kept))
            allKept[file.path] = kept
        }
        return allKept
    }

    /// Restores the state before the first call of ``stage(_:for:)``.
    func undo() {
        for file in staged { unlink(file.temporary) }
        for (path, kept) in moved.reversed() {
            if let kept { rename(kept, path) } else { unlink(path) }
        }
        for directory in newDirectories.reversed() { rmdir(directory) }
        staged = []
        moved = []
        newDirectories = []
    }

    /// Adds a second name to an existing file: `PATH.old`, or `PATH.old-2` and so on if that is taken.
    ///
    /// A hard link and not a rename, so that the file never disappears from its path.
    private func keep(_ path: String) throws(KitError) -> String? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        for number in 1... {
            let kept = number == 1 ? "\(path).old" : "\(path).old-\(number)"
            if link(path, kept) == 0 { return kept }
            guard errno == EEXIST else {
                throw Self.failure("cannot be kept as \(kept), so it was not replaced", path)
            }
        }
        return nil
    }

    private func makeDirectories(above path: String) throws(KitError) {
        let directory = Self.parts(of: path).directory
        var made = directory.hasPrefix("/") ? "" : "."
        for part in directory.split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o755) == 0 {
                newDirectories.append(made)
                continue
            }
            let code = errno
            // On a read-only file system, mkdir reports that instead of EEXIST.
            guard code != EEXIST, access(made, F_OK) != 0 else { continue }
            errno = code
            throw Self.failure("cannot be created", made)
        }
    }

    private static func parts(of path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    private static func failure(_ what: String, _ path: String) -> KitError {
        let code = errno
        let remedy =
            switch code {
            case ENOSPC, EDQUOT: "free space on that file system, or choose another directory"
            case EACCES, EPERM, EROFS: "choose a directory that you can write to"
            default: "choose another directory"
            }
        return KitError("\(path) \(what): \(String(cString: strerror(code))); nothing was changed; \(remedy)")
    }
}
