/// Asks again and again until the answer is yes: what real processes do takes its time.
///
/// The number of tries is bounded; no test depends on how long a try takes.
///
/// - Throws: ``TestFailure`` where the answer is never yes.
func eventually(_ what: String, tries: Int = 600, _ condition: () async throws -> Bool) async throws {
    for _ in 0..<tries {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(50))
    }
    throw TestFailure("it never came to pass that \(what)")
}
