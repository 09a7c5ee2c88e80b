/// The functions that the exporter calls of its own accord: a closed set, and each of them only reads.
///
/// What returns secrets or mail (`GetMessages`, `GetCredentials`, `GetDirectoryServicesConfiguration`) is left out on
/// purpose (`mailstore-api.md`, section 2).
package enum InformationalFunction: String, Sendable, CaseIterable {
    case getServerInfo = "GetServerInfo"
    case getLicenseInformation = "GetLicenseInformation"
    case getStores = "GetStores"
    case getUsers = "GetUsers"
    case getActiveSessions = "GetActiveSessions"
    case getProfiles = "GetProfiles"
    case getWorkerResults = "GetWorkerResults"
    case getJobs = "GetJobs"
    case getJobResults = "GetJobResults"
}

/// The calls beside `invoke`, under the names by which metrics and messages know them.
package enum ServiceCall: String, Sendable, CaseIterable {
    case getMetadata = "get-metadata"
    case getStatus = "get-status"
    case cancelAsync = "cancel-async"
}
