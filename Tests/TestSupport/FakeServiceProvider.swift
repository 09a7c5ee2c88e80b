import Configuration
import MailStoreAPI

/// Answers of a Service Provider Edition, for a ``FakeServer``.
package enum FakeServiceProvider {
    /// The list of its functions, which it gives only to those who log in.
    package static let metadata = FakeAnswer { (call) throws(TransportError) in
        guard call.credentials != nil else { return try await FakeAnswer.status(401).respond(call) }
        let names = InformationalFunction.ofServiceProvider.map { #"{"name": "\#($0.rawValue)", "args": []}"# }
        return try await FakeAnswer.raw("[\(names.joined(separator: ","))]").respond(call)
    }

    /// One row of GetInstances; `more` overrides fields.
    package static func row(_ id: String, _ more: String = #""status": "running", "processID": 7"#) -> String {
        #"{"instanceID": "\#(id)", "displayName": "Customer \#(id)", "alias": "k", "instanceHost": "HOST1", "#
            + #""startMode": "automatic", "startStopError": null, \#(more)}"#
    }

    /// A result of GetInstanceProcessLiveStatistics.
    package static func live(_ process: String = "p1", at seconds: Int = 1, _ total: Int64 = 100) -> String {
        #"{"processUniqueID": "\#(process)", "timestamp": \#(seconds * 1000), "totalProcessorMilliseconds": \#(total), "#
            + #""totalMessagesArchived": \#(total), "currentPrivateMemoryBytes": 4096}"#
    }

    /// One store, one job with a backup and one profile for each instance, whose runs have succeeded so often.
    package static func fillArchives(_ server: FakeServer, runs: Int = 1) {
        server.answer(
            .getStores, .result(#"[{"id": 1, "name": "S", "statisticsCount": 5, "requestedState": "current"}]"#))
        server.answer(.getUsers, .result(#"[{"userName": "u", "MFAStatus": "Disabled"}]"#))
        server.answer(.getJobs, .result(#"[{"id": 7, "name": "Backup", "action": "CreateBackup", "enabled": true}]"#))
        server.answer(.getProfiles, .result(#"[{"id": 3, "name": "Mailboxes"}]"#))
        server.answer(.getJobResults, .result(results(runs, #""jobResultId": 1\#("%")0, "jobId": 7"#)))
        server.answer(
            .getWorkerResults, .result(results(runs, #""id": 2\#("%")0, "profileID": 3, "itemsArchived": 4"#)))
    }

    /// Rows of results in the hour before midnight of 2026; `%` stands for the number of the row.
    private static func results(_ count: Int, _ fields: String) -> String {
        let rows = (0..<count).map { number in
            let row = fields.replacing("%", with: String(number))
            return #"""
                {\#(row), "startTime": "2025-12-31T23:00:0\#(number)", "completeTime": "2025-12-31T23:30:0\#(number)",
                "result": "succeeded"}
                """#
        }
        return "[\(rows.joined(separator: ","))]"
    }

    /// Lets a server be a Service Provider Edition with these rows of GetInstances.
    package static func fill(_ server: FakeServer, rows: [String] = [row("a"), row("b")]) {
        server.answer(metadata: metadata)
        server.answer(.getServerInfo, .status(404))
        server.answer(.getEnvironmentInfo, .result(#"{"version": "25.3.1", "serverName": "SPE\\1"}"#))
        server.answer(.getServiceStatus, .result(#"{"serverInfos": [], "messages": []}"#))
        server.answer(.getInstances, .result("[\(rows.joined(separator: ","))]"))
        for function: InformationalFunction in [
            .getStores, .getUsers, .getJobs, .getJobResults, .getProfiles, .getWorkerResults,
        ] {
            server.answer(function, .result("[]"))
        }
        server.answer(.getArchiveAdminEnabled, .result("true"))
        server.answer(.canRunArchiveProfiles, .result("true"))
        server.answer(
            .getInstanceStatistics,
            .result(
                #"{"databaseFileSizeMB": 1, "contentFileSizeMB": 2.5, "indexFileSizeMB": 3, "numberOfMessages": 12}"#))
        server.answer(.getInstanceProcessLiveStatistics, .result(live()))
    }
}

extension FakeAnswer {
    /// One answer for some instances, and another one for the rest.
    package static func forInstances(_ ids: String..., answer: FakeAnswer, others: FakeAnswer) -> FakeAnswer {
        FakeAnswer { (call) throws(TransportError) in
            let isOne = ids.contains(call.arguments["instanceID"] ?? "")
            return try await (isOne ? answer : others).respond(call)
        }
    }
}
