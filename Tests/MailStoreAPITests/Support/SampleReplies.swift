/// Realistic replies, small enough to be cut at every byte.
enum SampleReplies {
    static let all = [stores, workerResults, jobs, metadata]

    static let stores = #"""
        {"error": null, "token": null, "statusVersion": 2, "statusCode": "succeeded", "percentProgress": null,
        "statusText": null, "result": [
        {"id": 1, "name": "Archiv \u00fcber \"alles\" 🗄", "requestedState": "normal", "error": null,
        "statisticsCount": 4711, "statisticsSize": 1234567890123, "needsUpgrade": false,
        "searchIndexesNeedRebuild": true, "databasePath": "D:\\MailStore\\1"},
        {"id": "2", "name": null, "statisticsCount": 1.0e3, "statisticsSize": null, "future": {"a": [1, -2.5, {}]}}
        ], "logOutput": "one\r\ntwo\r\n"}
        """#

    static let workerResults = #"""
        {"error":null,"statusCode":"succeeded","result":[{"id":7,"startTime":"2026-01-31T23:59:59","completeTime":
        "2026-02-01T00:10:00.1234567","profileId":3,"profileName":"J\u00f6rg","itemsArchived":12,"result":"succeeded"}]}
        """#

    static let jobs = #"""
        {"statusCode":"succeeded","result":[{"id":1,"name":"Verify","action":"VerifyStores --includeIndexes=false",
        "enabled":true,"interval":null,"time":"03:00","dayOfWeek":"Sunday"},{"id":2,"interval":15,"jobId":"x"}]}
        """#

    static let metadata = #"""
        [{"name":"GetServerInfo","args":[]},{"name":"GetStores","args":[{"name":"includeSize","type":"bool",
        "nullable":true}]}]
        """#
}
