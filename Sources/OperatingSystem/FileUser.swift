internal import Glibc

/// A user of the machine, as a message about a file's permissions names it.
package struct FileUser: CustomStringConvertible {
    /// The login name, or the number where it has none.
    let name: String
    let id: UInt32

    package var description: String { "user \(name) (uid \(id))" }

    /// The user whose rights count when this program opens a file.
    static var current: FileUser {
        let id = geteuid()
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16384)
        // The name points into the buffer, so it is copied before the buffer goes.
        let name = buffer.withUnsafeMutableBufferPointer { space -> String? in
            guard let start = space.baseAddress, getpwuid_r(id, &entry, start, space.count, &found) == 0, found != nil
            else { return nil }
            return entry.pw_name.map { String(cString: $0) }
        }
        return FileUser(name: name ?? String(id), id: id)
    }
}
