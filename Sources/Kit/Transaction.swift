import Glibc

/// Files that are written beside their places and then moved there, all of them or none.
final class Transaction {
    private struct Staged {
        var temporary: String
        var path: String
    }

    /// Written, but not in their places yet.
    private var staged: [Staged] = []
    /// Directories that were made, the outer ones first.
    private var madeDirectories: [String] = []
    /// Files in their places, with the name under which the former one was kept.
    private var moved: [(path: String, kept: String?)] = []

    /// Writes a file beside its place, and makes the directories above it.
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
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("cannot be written", path) }
            rest = rest.dropFirst(count)
        }
        // Prometheus, Grafana and systemd read them as users of their own.
        guard fchmod(descriptor, 0o644) == 0, fsync(descriptor) == 0 else {
            throw Self.failure("cannot be written", path)
        }
    }

    /// Moves the staged files to their places.
    ///
    /// - Returns: for each file that had stood in such a place, the name under which it is kept.
    func commit() throws(KitError) -> [String: String] {
        var allKept: [String: String] = [:]
        while let file = staged.first {
            let kept = try keep(file.path)
            guard rename(file.temporary, file.path) == 0 else {
                let failure = Self.failure("cannot be moved to its place", file.path)
                if let kept { unlink(kept) }
                throw failure
            }
            staged.removeFirst()
            moved.append((file.path, kept))
            allKept[file.path] = kept
        }
        return allKept
    }

    /// Makes everything as it was.
    func undo() {
        for file in staged { unlink(file.temporary) }
        for (path, kept) in moved.reversed() {
            if let kept { rename(kept, path) } else { unlink(path) }
        }
        for directory in madeDirectories.reversed() { rmdir(directory) }
        staged = []
        moved = []
        madeDirectories = []
    }

    /// Gives what stands at the path a second name, `PATH.old` or the next one that is free.
    ///
    /// A second name, not a new one: at no moment is the file missing from its place.
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
                madeDirectories.append(made)
                continue
            }
            let code = errno
            // Where reading is all that is allowed, mkdir says so before it says that the directory is there.
            guard code != EEXIST, access(made, F_OK) != 0 else { continue }
            errno = code
            throw Self.failure("cannot be made", made)
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
            case ENOSPC, EDQUOT: "make room there, or name another directory"
            case EACCES, EPERM, EROFS: "name a directory in which you may write"
            default: "name another directory"
            }
        return KitError("\(path) \(what): \(String(cString: strerror(code))); nothing was changed: \(remedy)")
    }
}
