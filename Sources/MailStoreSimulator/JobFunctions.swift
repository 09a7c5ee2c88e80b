/// Functions about jobs and their runs.
enum JobFunctions {
    static let all: [APIFunction] = [
        .read("GetJobs") { world, arguments in
            .array(world.jobs.map { row(of: $0, in: world.localZone, arguments.quirks) })
        },
        .read(
            "GetJobResults",
            [
                .string("fromIncluding"), .string("toExcluding"), .string("timeZoneId"),
                .number("jobId", nullable: true),
            ], results),
    ]

    /// The fields are named like the arguments of CreateJob; that GetJobs uses these names is a guess.
    private static func row(of job: SimulatedJob, in zone: WindowsTimeZone, _ quirks: Quirks) -> JSONValue {
        var date = quirks.unknownTime(in: zone)
        var interval: Int?
        var time: String?
        var dayOfWeek: String?
        var dayOfMonth = JSONValue.null
        switch job.schedule {
        case .manual: break
        case .once(let once): date = .string(once)
        case .every(let minutes): interval = minutes
        case .daily(let hour, let minute): time = timeOfDay(hour, minute)
        case .weekly(let weekday, let hour, let minute):
            let names = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
            dayOfWeek = names.indices.contains(weekday) ? names[weekday] : nil
            time = timeOfDay(hour, minute)
        case .monthly(let day, let hour, let minute):
            dayOfMonth = day.map { .integer($0) } ?? "Last"
            time = timeOfDay(hour, minute)
        }
        return .row([
            "id": .integer(job.id),
            "name": .string(job.name),
            "action": .string(job.action),
            "owner": .string(job.owner),
            "enabled": .bool(job.enabled),
            "timeZoneId": .string(job.timeZoneId),
            "date": date,
            "interval": .optional(interval),
            "time": .optional(time),
            "dayOfWeek": .optional(dayOfWeek),
            "dayOfMonth": dayOfMonth,
        ])
    }

    private static func timeOfDay(_ hour: Int, _ minute: Int) -> String {
        "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }

    @Sendable private static func results(_ world: World, _ arguments: Arguments) throws(APIFailure) -> JSONValue {
        let zone = try arguments.timeZone("timeZoneId", in: world)
        let range = try arguments.range(in: zone)
        let quirks = arguments.quirks
        let job = arguments.number("jobId")
        var runs = world.jobRuns.filter { run in
            run.isListed(in: range, quirks) && (job == nil || run.jobId == job)
        }
        runs.sort { ($0.startTime, $0.id) < ($1.startTime, $1.id) }
        if quirks.newestJobResultFirst { runs.reverse() }
        return .array(
            runs.map { run in
                .row([
                    "jobResultId": quirks.id(of: run),
                    "jobId": .integer(run.jobId),
                    "action": .string(run.action),
                    "startTime": quirks.time(.start, of: run, in: zone),
                    "completeTime": quirks.time(.end, of: run, in: zone),
                    "result": .string(run.result),
                ])
            })
    }
}
