/// The directory that a kit is written to.
///
/// All of it is written, or nothing: files are written beside their places first, and moved there when all are.
package struct KitFolder: Sendable {
    let path: String

    /// - Parameter path: It need not exist, nor the directories above it.
    package init(_ path: String) {
        // A slash at the end would be doubled in messages; that of the root is all there is.
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = String(path)
    }

    /// What became of a file.
    package enum Change: Sendable, Equatable {
        /// It was not there.
        case written
        /// It was there, and the same.
        case unchanged
        /// It was there with other content, which is kept under that name.
        case replaced(kept: String)
    }

    /// Writes the files.
    ///
    /// - Parameter replacing: Whether files that differ are replaced; what they held is kept beside them.
    /// - Returns: what became of each file, in the order of the files, with its path as it can be opened.
    /// - Throws: ``KitError``; then nothing was changed.
    package func write(
        _ files: [KitFile], replacing: Bool = false
    ) throws(KitError) -> [(path: String, change: Change)] {
        let examination = Examination(of: files, in: self)
        try examination.check(replacing: replacing)
        let transaction = Transaction()
        do throws(KitError) {
            for (file, finding) in zip(files, examination.findings) where finding != .same {
                try transaction.stage(file.text, for: self[file.path])
            }
            let kept = try transaction.commit()
            return zip(files, examination.findings).map { file, finding in
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
