/// One finished run of a job, from GetJobResults.
package struct JobResult: JSONDecodable, Equatable {
    /// The run's own id.
    package var id: String?
    package var jobID: String
    package var action: JobAction?
    package var startTime: ServerDateTime?
    package var completeTime: ServerDateTime?
    /// The result word as it came; `nil` where it was `null` or missing.
    package var result: String?

    package init(from reader: inout JSONReader) throws(JSONError) {
        var id: String?
        var jobID: String?
        var action: JobAction?
        var startTime: ServerDateTime?
        var completeTime: ServerDateTime?
        var result: String?
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "jobResultId": id = try reader.readOptionalIdentifier()
            case "jobId": jobID = try reader.readIdentifier()
            case "action": action = try reader.readOptionalString().map(JobAction.init)
            case "startTime": startTime = try reader.readOptionalDateTime()
            case "completeTime": completeTime = try reader.readOptionalDateTime()
            case "result": result = try reader.readOptionalString()
            default: try reader.skipValue()
            }
        }
        guard let jobID else { throw reader.failure("a result has no jobId") }
        guard id != nil || startTime != nil else {
            throw reader.failure("a result has neither jobResultId nor startTime")
        }
        self.id = id
        self.jobID = jobID
        self.action = action
        self.startTime = startTime
        self.completeTime = completeTime
        self.result = result
    }
}
