extension RunningProgram {
    /// Waits until the program, a server of the Prometheus project, says where it listens: `127.0.0.1:40123`.
    ///
    /// - Throws: where it ends instead.
    nonisolated func listeningAddress() async throws -> String {
        var address: String?
        try await eventually("process \(pid) listens") {
            if let ending = await ending() { throw TestFailure("it ended (\(ending)):\n\(errors)") }
            // The last line may still be under way.
            let line = errors.components(separatedBy: "\n").dropLast().first { $0.contains("msg=\"Listening on\"") }
            address = line?.components(separatedBy: "address=").last
            return address != nil
        }
        return address ?? ""
    }
}
