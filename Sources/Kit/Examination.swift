import Glibc

/// What stands where the files of a kit are to go; nothing is changed for it.
struct Examination {
    enum Finding: Equatable {
        case absent
        case same
        case differs
    }

    /// One for each file.
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
                obstacles.append("\(path): a directory stands where a file is needed")
                findings.append(.differs)
            } else if Self.holds(file.text, path) {
                findings.append(.same)
            } else {
                differing.append(path)
                findings.append(.differs)
            }
        }
    }

    /// - Throws: ``KitError`` where the kit cannot be written, or would replace what it must not.
    func check(replacing: Bool) throws(KitError) {
        guard obstacles.isEmpty else {
            throw KitError(
                """
                nothing was written, something is in the way:
                \(obstacles.map { "  \($0)" }.joined(separator: "\n"))
                Move it elsewhere, or name another directory.
                """)
        }
        guard differing.isEmpty || replacing else {
            throw KitError(
                """
                nothing was written, since these files exist and differ from the kit's:
                \(differing.map { "  \($0)" }.joined(separator: "\n"))
                Name another directory and compare, or add --force: what they hold is then kept, as NAME.old.
                """)
        }
    }

    /// A part of the way to a file that is there and leads no further.
    private static func obstacle(above path: String) -> String? {
        var directory = path
        while let slash = directory.lastIndex(of: "/"), slash != directory.startIndex {
            directory = String(directory[..<slash])
            var status = stat()
            guard stat(directory, &status) == 0 else {
                let code = errno
                guard lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { continue }
                return "\(directory): a link that leads nowhere (\(String(cString: strerror(code)))) stands where a "
                    + "directory is needed"
            }
            if status.st_mode & S_IFMT != S_IFDIR {
                return "\(directory): a file stands where a directory is needed"
            }
        }
        return nil
    }

    private static func holds(_ text: String, _ path: String) -> Bool {
        var status = stat()
        // Whoever opens a pipe for reading waits for a writer.
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size == text.utf8.count,
            let file = fopen(path, "rb")
        else { return false }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: text.utf8.count + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        return bytes[..<count].elementsEqual(text.utf8)
    }
}
