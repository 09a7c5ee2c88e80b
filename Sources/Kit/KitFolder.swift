internal import Glibc

/// The directory to which a kit is written.
///
/// Either all files are written or none: they are written under temporary names and renamed when all are complete.
package struct KitFolder: Sendable {
    let path: String

    /// - Parameter path: The directory; it is created if necessary, with the directories above it.
    package init(_ path: String) {
        // A slash at the end would appear twice in messages; the path of the root has no other.
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = String(path)
    }

    /// What happened to a file.
    package enum Change: Sendable, Equatable {
        /// It did not exist before.
        case written
        /// It existed with the same content.
        case unchanged
        /// It existed with other content, which is kept in this file.
        case replaced(kept: String)
    }

    /// Writes the files.
    ///
    /// - Parameter replacing: Whether to replace files that differ; their content is kept under another name.
    /// - Returns: What happened to each file, in the same order, with the path under which it can be opened.
    /// - Throws: ``KitError``; nothing was changed in that case.
    package func write(
        _ files: [KitFile], replacing: Bool = false
    ) throws(KitError) -> [(path: String, change: Change)] {
        let inspection = KitInspection(of: files, in: self)
        try inspection.check(replacing: replacing)
        let transaction = Transaction()
        do throws(KitError) {
            for (file, finding) in zip(files, inspection.findings) where finding != .same {
                try transaction.stage(file.text, for: self[file.path])
            }
            let kept = try transaction.commit()
            return zip(files, inspection.findings).map { file, finding in
                let path = self[file.path]
                let change: Change = finding == .same ? .unchanged : kept[path].map(Change.replaced) ?? .written
                return (path, change)
            }
        } catch {
            transaction.undo()
            throw error
        }
    }

    /// The path of a file of the kit.
    subscript(file: String) -> String {
        path.hasSuffix("/") ? path + file : path + "/" + file
    }
}

/// What exists at the paths of the kit's files, before anything is changed.
private struct KitInspection {
    enum Finding {
        case absent
        case same
        case differs
    }

    /// One for each file, in the same order.
    private(set) var findings: [Finding] = []
    private var differing: [String] = []
    private var obstacles: [String] = []

    init(of files: [KitFile], in folder: KitFolder) {
        for file in files {
            let path = folder[file.path]
            if let obstacle = Self.obstacle(above: path) {
                if !obstacles.contains(obstacle) { obstacles.append(obstacle) }
                findings.append(.differs)
                continue
            }
            var status = stat()
            guard lstat(path, &status) == 0 else {
                findings.append(.absent)
                continue
            }
            if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                obstacles.append("\(path): is a directory, but a file is needed")
                findings.append(.differs)
            } else if Self.holds(file.text, path) {
                findings.append(.same)
            } else {
                differing.append(path)
                findings.append(.differs)
            }
        }
    }

    /// - Throws: ``KitError`` if the kit cannot be written, or would replace files without permission.
    func check(replacing: Bool) throws(KitError) {
        guard obstacles.isEmpty else {
            throw KitError(
                """
                nothing was written, because these paths are in use:
                \(obstacles.map { "  \($0)" }.joined(separator: "\n"))
                Move them elsewhere, or choose another directory.
                """)
        }
        guard differing.isEmpty || replacing else {
            throw KitError(
                """
                nothing was written, because these files exist and differ from the kit's:
                \(differing.map { "  \($0)" }.joined(separator: "\n"))
                Choose another directory and compare, or add --force: it keeps the present content as NAME.old.
                """)
        }
    }

    /// A problem with a directory above a file: something exists at its path that is not a directory.
    private static func obstacle(above path: String) -> String? {
        var directory = path
        while let slash = directory.lastIndex(of: "/"), slash != directory.startIndex {
            directory = String(directory[..<slash])
            var status = stat()
            guard stat(directory, &status) == 0 else {
                let code = errno
                guard lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { continue }
                return "\(directory): is a broken link (\(String(cString: strerror(code)))), but a directory is needed"
            }
            if status.st_mode & S_IFMT != S_IFDIR {
                return "\(directory): is a file, but a directory is needed"
            }
        }
        return nil
    }

    private static func holds(_ text: String, _ path: String) -> Bool {
        var status = stat()
        // Only regular files are opened: opening a named pipe would wait for a writer.
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size == text.utf8.count,
            let file = fopen(path, "rb")
        else { return false }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: text.utf8.count + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        return bytes[..<count].elementsEqual(text.utf8)
    }
}
