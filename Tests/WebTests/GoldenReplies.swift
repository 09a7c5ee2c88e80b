import MailStoreAPI
import TestSupport

/// What a server answers for the golden pages: names that are hard to write, and something of every kind.
enum GoldenReplies {
    static func fill(_ server: FakeServer) {
        let certificate = CertificateFacts(
            notAfter: 1_798_761_600, notBefore: 1_700_000_000, subject: "CN=archive", issuer: "CN=archive",
            publicKeyPin: "", verified: true)
        func answer(_ function: InformationalFunction, _ result: String) {
            server.answer(
                function,
                .result(result, date: "Thu, 01 Jan 2026 00:00:05 GMT", certificate: certificate))
        }
        answer(.getServerInfo, #"{"version": "25.3.1.23021", "machineName": "ARCHIV\\\"Süd\" 📧"}"#)
        answer(.getLicenseInformation, #"{"namedUsers": 187, "maxNamedUsers": 250}"#)
        answer(
            .getUsers,
            #"[{"mfaStatus": "Disabled"}, {"mfaStatus": "Enabled"}, {"mfaStatus": "Disabled"}, {"mfaStatus": null}]"#)
        server.answer(.getActiveSessions, .failed("System.UnauthorizedAccessException"), .result("[{}, {}]"))
        answer(.getStores, stores)
        answer(.getJobs, jobs)
        answer(.getJobResults, jobResults)
        answer(.getProfiles, profiles)
        answer(.getWorkerResults, workerResults)
    }

    private static let stores = #"""
        [{"id": 1, "name": "Archiv \"2025\" \\ Süd\n📧 Zürich", "requestedState": "current", "error": null,
        "statisticsCount": 1234567, "statisticsSize": 98765432109, "needsUpgrade": false,
        "searchIndexesNeedRebuild": false},
        {"id": 2, "name": "Ärger ÄÖÜ ß", "requestedState": "writeProtected", "error": "Datei fehlt",
        "statisticsCount": 0, "statisticsSize": null, "needsUpgrade": true, "searchIndexesNeedRebuild": true},
        {"id": 10, "name": "", "requestedState": "Frozen Solid"}]
        """#

    private static let jobs = #"""
        [{"id": 7, "name": "Prüfung \"täglich\"", "action": "VerifyStores --includeIndexes=false", "enabled": true,
        "time": "03:00"},
        {"id": 8, "name": "C:\\Backup\n2", "action": "CreateBackup --path=\"D:\\\\b\"", "enabled": false,
        "interval": 60},
        {"id": 9, "name": "Prüfe 2 🔎", "action": "VerifyStore --id=2", "enabled": true, "interval": "30"}]
        """#

    private static let jobResults = #"""
        [{"jobResultId": "103", "jobId": 9, "action": "VerifyStore", "startTime": "2025-12-31T12:00:00",
        "completeTime": "2025-12-31T12:10:00", "result": "Failed"},
        {"jobResultId": 102, "jobId": 7, "action": "VerifyStores", "startTime": "2025-12-31T03:00:00",
        "completeTime": "2025-12-31T03:30:15.5", "result": "succeeded"},
        {"jobResultId": 101, "jobId": 7, "action": "VerifyStores", "startTime": "2025-12-30T03:00:00",
        "completeTime": "2025-12-30T03:00:01", "result": "aborted By Admin"}]
        """#

    private static let profiles = #"""
        [{"id": 3, "name": "Postfach \\ \"Info\" 🎄", "serverSideExecution": {"automatic": true}, "details": {}},
        {"id": 4, "name": "Zeile 1\nZeile 2", "serverSideExecution": {"automatic": false}},
        {"id": 5, "name": null}]
        """#

    private static let workerResults = #"""
        [{"id": 9001, "profileId": 3, "startTime": "2025-12-31T22:00:00", "completeTime": "2025-12-31T22:05:00",
        "itemsArchived": 120, "result": "completedWithErrors"},
        {"id": 9002, "profileId": 3, "startTime": "2025-12-31T23:00:00", "completeTime": "2025-12-31T23:01:30",
        "itemsArchived": 0, "result": "succeeded"},
        {"id": 9003, "profileId": 4, "startTime": "2025-12-31T23:30:00", "completeTime": null, "itemsArchived": null,
        "result": "threadAbort"},
        {"id": 9004, "profileId": 99, "profileName": "gone", "startTime": "2025-12-31T23:40:00",
        "completeTime": "2025-12-31T23:41:00", "itemsArchived": 5, "result": "succeeded"}]
        """#
}
