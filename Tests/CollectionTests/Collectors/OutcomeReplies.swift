import TestSupport

/// Replies about outcomes, written as short as the tests need them.
enum OutcomeReplies {
    /// One finished run of a job; times are civil times of 2025 in December: `31T12:00`.
    static func job(
        _ id: Int, of job: Int, _ start: String, _ end: String, _ result: String, action: String = "CreateBackup"
    ) -> String {
        #"""
        {"jobResultId": \#(id), "jobId": \#(job), "action": "\#(action)", "startTime": "2025-12-\#(start):00",
        "completeTime": "2025-12-\#(end):00", "result": "\#(result)"}
        """#
    }

    /// One finished run of a profile.
    static func profile(
        _ id: Int, of profile: Int, _ start: String, _ end: String, _ result: String, items: Int? = 0
    ) -> String {
        #"""
        {"id": \#(id), "profileId": \#(profile), "profileName": "p", "startTime": "2025-12-\#(start):00",
        "completeTime": "2025-12-\#(end):00", "itemsArchived": \#(items.map(String.init) ?? "null"),
        "result": "\#(result)"}
        """#
    }

    static func list(_ elements: String...) -> String {
        "[" + elements.joined(separator: ",") + "]"
    }
}
