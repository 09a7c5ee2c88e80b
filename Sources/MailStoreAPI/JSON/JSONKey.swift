/// The key of a member while its object is read: the bytes between the quotes, not yet a String.
///
/// Compared with literals in a `switch` without allocating.
package struct JSONKey {
    let bytes: UnsafeBufferPointer<UInt8>

    package static func ~= (pattern: StaticString, key: JSONKey) -> Bool {
        guard pattern.utf8CodeUnitCount == key.bytes.count else { return false }
        for index in 0..<key.bytes.count where key.bytes[index] != pattern.utf8Start[index] {
            return false
        }
        return true
    }

    /// The key as text, escapes left as they stand and cut after 64 bytes: for messages only.
    package var text: String {
        String(decoding: bytes.prefix(64), as: UTF8.self) + (bytes.count > 64 ? "…" : "")
    }
}
