import Glibc

/// A folder whose files belong to the kit.
struct SourceFolder {
    /// What stands before the names of its files.
    let name: String
    let path: String

    /// The names of its files, ordered, by their paths in it.
    ///
    /// - Parameter isDeep: Whether the files in folders below count.
    /// - Throws: ``GeneratorError`` where the folder cannot be read.
    func files(isDeep: Bool) throws(GeneratorError) -> [String] {
        guard let folder = opendir(path) else {
            throw GeneratorError("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { closedir(folder) }
        var found: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // Those of editors and of file managers.
            if name.hasPrefix(".") || name.hasSuffix("~") { continue }
            var status = stat()
            guard stat("\(path)/\(name)", &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                guard isDeep else { continue }
                let below = SourceFolder(name: name, path: "\(path)/\(name)")
                found += try below.files(isDeep: true).map { "\(name)/\($0)" }
            } else {
                found.append(name)
            }
        }
        return found.sorted()
    }
}
