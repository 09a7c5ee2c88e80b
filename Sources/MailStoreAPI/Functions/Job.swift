/// One scheduled job, from GetJobs.
///
/// Only its existence is documented; the names of its fields are those of the vendor's CreateJob arguments. So all but
/// the id is read leniently: a field of another type is as good as absent.
package struct Job: JSONDecodable, Equatable {
    package var id: String
    package var name: String?
    package var action: JobAction?
    package var enabled: Bool?
    package var schedule: JobSchedule

    package init(
        id: String, name: String? = nil, action: JobAction? = nil, enabled: Bool? = nil,
        schedule: JobSchedule = JobSchedule()
    ) {
        self.id = id
        self.name = name
        self.action = action
        self.enabled = enabled
        self.schedule = schedule
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var id: String?
        var job = Job(id: "")
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "id": id = try reader.readIdentifier()
            case "name": job.name = try reader.readLenientScalar()
            case "action": job.action = try reader.readLenientScalar().map(JobAction.init)
            case "enabled": job.enabled = try reader.readLenientScalar().flatMap { Bool($0.lowercased()) }
            case "interval":
                job.schedule.intervalMinutes = try reader.readLenientScalar().flatMap(JobSchedule.minutes)
            case "time": job.schedule.time = try reader.readLenientScalar().nonEmpty
            case "dayOfWeek": job.schedule.dayOfWeek = try reader.readLenientScalar().nonEmpty
            case "dayOfMonth": job.schedule.dayOfMonth = try reader.readLenientScalar().nonEmpty
            case "date": job.schedule.date = try reader.readLenientScalar().nonEmpty
            default: try reader.skipValue()
            }
        }
        guard let id else { throw reader.failure("a job has no id") }
        job.id = id
        self = job
    }
}

extension String? {
    fileprivate var nonEmpty: String? {
        self?.isEmpty == true ? nil : self
    }
}
