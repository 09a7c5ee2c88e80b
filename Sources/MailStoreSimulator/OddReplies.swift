// Replies as no documentation has them: by quirks of the whole server, and by faults of single calls.

extension Quirks {
    /// The spelling of the names of fields in results, which published clients read without regard to case.
    public enum FieldNames: String, Sendable, CaseIterable {
        /// As in the vendor's documentation: `profileId`.
        case documented
        /// With a capital letter first: `ProfileId`.
        case capitalized
        /// In lower case: `profileid`.
        case lowercase
    }

    /// Fields that are -1 where the number is unknown or has no limit (``Quirks/unknownNumbersAreNegative``).
    private static let negativeFields: Set = [
        "statisticsCount", "statisticsSize", "maxNamedUsers", "itemsArchived", "automaticPauseBetweenExecutions",
        "numberOfMessages", "totalSizeMB", "databaseFileSizeMB", "contentFileSizeMB", "indexFileSizeMB",
        "currentPrivateMemoryBytes", "totalPhysicalMemory", "numberOfInstances", "numberOfRunningInstances",
    ]
    /// The fields of a job that belong to its schedule.
    private static let scheduleFields: Set = ["timeZoneId", "date", "interval", "time", "dayOfWeek", "dayOfMonth"]

    /// Writes a result the way in which the server with these quirks does.
    func applied(to result: JSONValue) -> JSONValue {
        let isPlain =
            fieldNames == .documented && !numbersAreStrings && !unknownNumbersAreNegative && !schedulesAreNested
            && !listsAreWrapped
        guard !isPlain else { return result }
        let written = rewritten(result)
        guard listsAreWrapped, case .array(let rows) = written else { return written }
        return ["items": written, "total": .integer(rows.count)]
    }

    private func rewritten(_ value: JSONValue) -> JSONValue {
        switch value {
        case .integer(let number): return numbersAreStrings ? .string("\(number)") : value
        case .array(let elements): return .array(elements.map(rewritten))
        case .object(let members):
            var members = members
            let isJob = ["action", "dayOfWeek"].allSatisfy { name in members.contains { $0.name == name } }
            if schedulesAreNested, isJob {
                let schedule = members.filter { Self.scheduleFields.contains($0.name) }
                members.removeAll { Self.scheduleFields.contains($0.name) }
                members.append(JSONMember(name: "schedule", value: .object(schedule)))
            }
            return .object(
                members.map { member in
                    let isUnknown = unknownNumbersAreNegative && Self.negativeFields.contains(member.name)
                    return JSONMember(
                        name: spelled(member.name), value: rewritten(isUnknown ? .integer(-1) : member.value))
                })
        default: return value
        }
    }

    private func spelled(_ name: String) -> String {
        switch fieldNames {
        case .documented: name
        case .capitalized: name.prefix(1).uppercased() + name.dropFirst()
        case .lowercase: name.lowercased()
        }
    }
}

extension Fault {
    /// The fields whose texts ``Fault/longNames(length:)`` makes longer.
    private static let names: Set = [
        "name", "profileName", "machineName", "version", "mfaStatus", "alias", "displayName", "instanceHost",
        "serverName", "text",
    ]
    /// The fields that ``Fault/manyRows(_:)`` makes different in each row.
    private static let identifiers: Set = ["id", "jobId", "profileId", "jobResultId", "instanceID"]

    /// Applies the fault to the rows of an envelope's result, or to a reply that is a list itself.
    func appliedToRows(of json: JSONValue) -> JSONValue {
        guard case .object(let members) = json else { return changedRows(of: json) }
        return .object(
            members.map { member in
                member.name == "result" ? JSONMember(name: "result", value: changedRows(of: member.value)) : member
            })
    }

    private func changedRows(of result: JSONValue) -> JSONValue {
        switch (self, result) {
        case (.oddField(let field, let text), .array(let rows)):
            .array(rows.dropLast() + rows.suffix(1).map { Self.setting(field, to: .raw(text), in: $0) })
        case (.oddField(let field, let text), _): Self.setting(field, to: .raw(text), in: result)
        case (.oddRow(let text), .array(let rows)): .array(rows + [.raw(text)])
        case (.noRows, .array): []
        case (.manyRows(let count), .array(let rows)): .array(Self.rows(rows, upTo: count))
        case (.longNames(let length), _): Self.lengthened(result, to: length)
        default: result
        }
    }

    private static func setting(_ field: String, to value: JSONValue, in row: JSONValue) -> JSONValue {
        guard case .object(let members) = row else { return row }
        return .object(members.map { $0.name == field ? JSONMember(name: field, value: value) : $0 })
    }

    /// Repeats the rows, each with identifiers of its own.
    private static func rows(_ rows: [JSONValue], upTo count: Int) -> [JSONValue] {
        guard !rows.isEmpty else { return rows }
        return (0..<max(count, rows.count)).map { index in
            guard index >= rows.count, case .object(let members) = rows[index % rows.count] else {
                return rows[index % rows.count]
            }
            return .object(
                members.map { member in
                    guard identifiers.contains(member.name) else { return member }
                    guard case .string(let id) = member.value else {
                        return JSONMember(name: member.name, value: .integer(1_000_000 + index))
                    }
                    return JSONMember(name: member.name, value: .string("\(id)-\(index)"))
                })
        }
    }

    private static func lengthened(_ value: JSONValue, to length: Int) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map { lengthened($0, to: length) })
        case .object(let members):
            .object(
                members.map { member in
                    if case .string(let text) = member.value, names.contains(member.name) {
                        let padding = String(repeating: "x", count: max(0, length - text.count))
                        return JSONMember(name: member.name, value: .string(text + padding))
                    }
                    return JSONMember(name: member.name, value: lengthened(member.value, to: length))
                })
        default: value
        }
    }
}
